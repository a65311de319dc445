/** Messages about quayside.yaml. */

export const CONFIG_MESSAGES = {
  QS101: {
    title: 'quayside.yaml is not valid YAML',
    about: 'The file could not be parsed. The message carries what the YAML parser said about the first error.',
  },
  QS102: {
    title: 'Unknown key in quayside.yaml',
    about: 'A key is not part of the schema. The closest known key is offered when there is one.',
  },
  QS103: {
    title: 'Wrong value in quayside.yaml',
    about: 'The value of a key has another type or form than the schema asks for.',
  },
  QS104: {
    title: 'The configured app directory has no files',
    about: '`root` in quayside.yaml names a directory in which no file was found.',
  },
  QS105: {
    title: 'The configured app directory points on',
    about: '`root` leads to a directory whose own quayside.yaml has a `root` again. One step is followed, not two.',
  },
} as const;
