/** An account setting of one principal. The root user's setting is the account's default. */
export interface SettingRecord {
  name: string
  value: string
  principalArn: string
}
