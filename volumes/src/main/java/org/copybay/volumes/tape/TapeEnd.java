package org.copybay.volumes.tape;

/**
 * Where a cartridge ends.
 *
 * @param objects records and filemarks
 * @param marks filemarks among them
 * @param tapeBytes bytes of the tape file, what counts against the capacity
 * @param imageBytes bytes of the image with every record as it was written
 * @param dataBytes bytes of all records
 * @param synced whether all of it survives power loss
 * @param cuts how often something was cut off since it was opened
 * @param lives how often it was written anew from its beginning, since it was made
 */
public record TapeEnd(
    long objects,
    int marks,
    long tapeBytes,
    long imageBytes,
    long dataBytes,
    boolean synced,
    long cuts,
    int lives) {
  /** Of a blank cartridge. */
  static final TapeEnd BLANK = new TapeEnd(0, 0, 0, 0, 0, true, 0, 0);

  /** Behind that object, which has that number. */
  static TapeEnd behind(long number, TapeObject last) {
    return new TapeEnd(
        number + 1, last.marksAfter(), last.tapeEnd(), last.imageEnd(), last.dataEnd(), true, 0, 0);
  }

  /** With one more object. */
  TapeEnd after(TapeObject object) {
    return new TapeEnd(
        objects + 1,
        object.marksAfter(),
        object.tapeEnd(),
        object.imageEnd(),
        object.dataEnd(),
        false,
        cuts,
        lives);
  }

  /** Before that object, which has that number. */
  TapeEnd cutAt(long number, TapeObject object) {
    return new TapeEnd(
        number,
        object.marksBefore(),
        object.tapeOffset(),
        object.imageOffset(),
        object.dataOffset(),
        synced,
        cuts + 1,
        lives);
  }

  /** In that life. */
  TapeEnd inLife(int newLives) {
    return new TapeEnd(objects, marks, tapeBytes, imageBytes, dataBytes, synced, cuts, newLives);
  }

  TapeEnd asSynced() {
    return new TapeEnd(objects, marks, tapeBytes, imageBytes, dataBytes, true, cuts, lives);
  }
}
