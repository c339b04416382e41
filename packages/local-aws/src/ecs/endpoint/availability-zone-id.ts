/**
 * The id of an Availability Zone: `use1-az2` for `us-east-1b` (RAM User Guide, "Availability Zone IDs for your AWS
 * resources"). On AWS the letters map to different zones in each account. In this engine the letters have the order of
 * the ids: `a` is always `az1`.
 * @param zone a zone of a Region; this engine has no Local Zones and no Wavelength Zones
 */
export function availabilityZoneId(zone: string): string {
  const match = /^([a-z]+)-([a-z-]+)-(\d+)([a-z])$/.exec(zone)
  if (!match) throw new Error(`${zone} is not a zone of a Region`)
  const [, area = '', middle = '', number = '', letter = ''] = match
  const directions = middle
    .replace('gov-', 'g')
    .replace(/north|south|east|west|central/g, (direction) => direction.charAt(0))
  return `${area}${directions.replaceAll('-', '')}${number}-az${letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1}`
}
