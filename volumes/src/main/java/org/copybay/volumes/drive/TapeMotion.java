package org.copybay.volumes.drive;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;

/** Moves a drive over filemarks and records. Every method needs the lock of the drive. */
final class TapeMotion {
  private final String drive;
  private final Position at;

  TapeMotion(String drive, Position at) {
    this.drive = drive;
    this.at = at;
  }

  private StorageException stopped(String where, String wanted, long got) {
    return new StorageException(
        Fault.TAPE_END,
        drive + ": " + where + ": wanted " + wanted + ", got " + got,
        "mt -f drives/" + drive + " status");
  }

  /** MTFSF: behind the filemark that is so many ahead. */
  void forwardFiles(Cartridge tape, int count) throws StorageException {
    if (count == 0) {
      return;
    }
    int before = tape.marksBefore(at.object);
    int there = tape.end().marks() - before;
    if (there < count) {
      at.object = tape.end().objects();
      at.addFiles(there);
      at.block = Position.UNKNOWN;
      at.eof = EofState.END_OF_DATA;
      throw stopped("end of data", count + " filemarks", there);
    }
    at.object = tape.mark(before + count - 1) + 1;
    at.addFiles(count);
    at.block = 0;
    at.eof = EofState.FILEMARK;
  }

  /** MTBSF: before the filemark that is so many back. */
  void backFiles(Cartridge tape, int count) throws StorageException {
    if (count == 0) {
      return;
    }
    int before = tape.marksBefore(at.object);
    if (before < count) {
      at.rewind();
      throw stopped("beginning of the tape", count + " filemarks", before);
    }
    at.object = tape.mark(before - count);
    at.addFiles(-count);
    at.block = Position.UNKNOWN;
    at.eof = EofState.NONE;
  }

  /** MTFSR: over so many records. */
  void forwardRecords(Cartridge tape, int count) throws StorageException {
    long end = tape.end().objects();
    long nextMark = tape.mark(tape.marksBefore(at.object));
    long stop = nextMark < 0 ? end : nextMark;
    long passed = Math.min(count, stop - at.object);
    at.object += passed;
    at.addBlocks(passed);
    at.eof = EofState.NONE;
    if (passed < count) {
      if (nextMark >= 0) {
        at.passMark();
        throw stopped("filemark", count + " records", passed);
      }
      at.eof = EofState.END_OF_DATA;
      throw stopped("end of data", count + " records", passed);
    }
  }

  /** MTBSR: back over so many records. */
  void backRecords(Cartridge tape, int count) throws StorageException {
    int marks = tape.marksBefore(at.object);
    long begin = marks == 0 ? 0 : tape.mark(marks - 1) + 1;
    long passed = Math.min(count, at.object - begin);
    at.object -= passed;
    at.addBlocks(-passed);
    at.eof = EofState.NONE;
    if (passed < count) {
      if (marks > 0) {
        at.object--;
        at.addFiles(-1);
        at.block = Position.UNKNOWN;
        throw stopped("filemark", count + " records back", passed);
      }
      at.rewind();
      throw stopped("beginning of the tape", count + " records back", passed);
    }
  }

  /** MTEOM: to the end of the data; filemarks are counted on the way. */
  void toEnd(Cartridge tape) {
    at.object = tape.end().objects();
    at.at(tape.end().marks(), Position.UNKNOWN, EofState.END_OF_DATA);
  }

  /** MTSEEK: to an object; filemarks count as blocks. */
  void seek(Cartridge tape, int block) throws StorageException {
    long end = tape.end().objects();
    long wanted = Integer.toUnsignedLong(block);
    at.object = Math.min(wanted, end);
    at.at(Position.UNKNOWN, Position.UNKNOWN, EofState.NONE);
    if (wanted > end) {
      throw new StorageException(
          Fault.TAPE_END, drive + ": no block " + wanted + ": the data ends at block " + end);
    }
    if (wanted == 0) {
      at.rewind();
    }
  }
}
