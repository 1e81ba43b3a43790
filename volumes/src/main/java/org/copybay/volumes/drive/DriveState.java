package org.copybay.volumes.drive;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** What is in a drive, where it stands, and how it is set. Guarded by the lock of the drive. */
final class DriveState {
  final String name;
  final Position at = new Position();
  final TapeTransfer transfer;
  final TapeMotion motion;
  final DriveOptions options = new DriveOptions();

  @Nullable LoadedTape tape;
  @Nullable DriveOpener opener;

  /** Whether the tape can be used: not after MTOFFL, until MTLOAD. */
  boolean ready;

  /** Whether the door is locked. */
  boolean locked;

  /** Whether the program that has it open, or the last one, changed the tape. */
  boolean changed;

  boolean cleaning;
  boolean compressed;
  int density;

  DriveState(String name) {
    this.name = name;
    this.transfer = new TapeTransfer(name, at);
    this.motion = new TapeMotion(name, at);
  }

  void load(LoadedTape wanted) {
    tape = wanted;
    density = wanted.density();
    compress(wanted.compressed());
    standAtBegin();
    transfer.forget();
  }

  void compress(boolean wanted) {
    compressed = wanted;
    LoadedTape now = tape;
    if (now != null) {
      now.cartridge().compress(wanted);
    }
  }

  void standAtBegin() {
    ready = true;
    transfer.settle();
    at.rewind();
    at.last = LastTransfer.NONE;
  }

  /** What is in it. NO_MEDIUM. */
  LoadedTape loaded() throws StorageException {
    LoadedTape now = tape;
    if (now == null) {
      throw noMedium();
    }
    return now;
  }

  /** What is in it and can be used. NO_MEDIUM. */
  LoadedTape readyTape() throws StorageException {
    LoadedTape now = tape;
    if (now == null || !ready) {
      throw noMedium();
    }
    return now;
  }

  private StorageException noMedium() {
    LoadedTape now = tape;
    return new StorageException(
        Fault.NO_MEDIUM,
        now == null
            ? "drive " + name + " is empty"
            : "cartridge " + now.barcode() + " in drive " + name + " was put offline",
        now == null
            ? "echo 'tape load barcode=BARCODE drive=" + name + "' > .control/ctl"
            : "mt -f drives/" + name + " load");
  }

  /** What MTIOCGET tells. */
  DriveStatus status() {
    LoadedTape now = ready ? tape : null;
    boolean online = now != null;
    return new DriveStatus(
        online,
        online ? at.file : Position.UNKNOWN,
        online ? at.block : Position.UNKNOWN,
        online && at.eof == EofState.WARNING,
        online && (at.eof == EofState.END_OF_DATA || at.eof == EofState.WARNED),
        now != null && now.rules().refusal() != null,
        cleaning,
        transfer.blockBytes(),
        density);
  }
}
