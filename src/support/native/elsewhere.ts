/** Python packages that exist for another operating system alone: `pip freeze` there writes them into requirements all the same. */

/** By a pattern of their names: the system, and how a marker calls it. */
export const ELSEWHERE: readonly { readonly name: RegExp; readonly system: string; readonly platform: string }[] = [
  {
    name: /^(pywin32|pypiwin32|pywinpty|windows-curses|twisted-iocpsupport|winrt-.*|winsdk|wmi|winshell|win10toast|pywinusb|pyad|winkerberos)$/,
    system: 'Windows',
    platform: 'win32',
  },
  { name: /^(pyobjc|pyobjc-core|pyobjc-framework-.*|rumps|py2app)$/, system: 'macOS', platform: 'darwin' },
];
