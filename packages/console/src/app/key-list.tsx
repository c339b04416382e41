/** The list of the keyboard shortcuts. The shell loads this file when a person asks for the list. */
import { Dialog } from '../dialogs/dialog.tsx'
import '../styles/key-list.css'

const keyHelp: [key: string, effect: string][] = [
  ['Ctrl K or /', 'search for a service, a task or a page'],
  ['g o', 'Overview'],
  ['g s', 'Services'],
  ['g t', 'Tasks'],
  ['g d', 'Task definitions'],
  ['g c', 'Clusters'],
  ['g a', 'Audit'],
  ['j, k', 'next and previous row'],
  ['Enter', 'open the row'],
  ['x', 'select the row'],
  ['Shift X', 'select all rows from the last one to this, or leave them out'],
  ['l', 'logs of the row or of the page'],
  ['e', 'terminal of the row or of the page'],
  ['w', 'cause of the failure of the row or of the page'],
  ['d', 'deploy'],
  ['Escape, then Tab', 'leave the terminal, or the editor of a document while Tab indents'],
  ['Ctrl M', 'in the editor of a document: Tab indents, or leaves it'],
  ['F8', 'in the editor of a document: next error'],
  ['?', 'this list'],
]

export default function KeyList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="keys">
        {keyHelp.map(([key, effect]) => (
          <div key={key} className="pair">
            <dt>
              <code>{key}</code>
            </dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
      <div className="row">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
