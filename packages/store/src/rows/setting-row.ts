/** A value that belongs to the installation and not to a customer. */
export interface SettingRow {
  readonly name: string;
  readonly value: string;
}
