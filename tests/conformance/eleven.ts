// Where the command line of 11.20.3 answers otherwise than the engine of 13.12.0. 13 counts; this list is why the two
// are not simply compared, and a difference outside of it fails the proof of the harness itself.
export const ELEVEN_DIFFERS: Readonly<Record<string, string>> = {
  "49": "13 no longer warns of outOfOrder in the result",
  "53": "13 warns that no file could be resolved",
  "63": "13 has an error code for unknown types of rows",
  "63-unknown": "13 has an error code for unknown types of rows",
  "71": "13 computes the states of info as after the coming baseline",
  "80": "13 no longer warns of outOfOrder in the result",
  "120": "13 connects the migration session with callbacks too, and has a finishing event for each verb",
  "121": "13 keeps the code of a callback's cause",
  "122": "13 has a finishing event for each verb",
  "124": "13 connects the migration session with callbacks too",
  "126": "13 numbers the form of a document for several verbs",
};
