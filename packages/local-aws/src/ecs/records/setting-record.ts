/** An account setting that was put, for one principal; the root user's is the account's default. */
export interface SettingRecord {
  name: string
  value: string
  principalArn: string
}
