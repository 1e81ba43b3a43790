package org.copybay.copy.library;

import java.time.Instant;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.drive.TapeRules;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * What of a cartridge may be changed: nothing with the tab set; nothing that is protected is lost;
 * nothing is appended to what was copied or is a copy, or in a pool that is not appendable, until
 * it is written anew from its beginning (Data Protector, "Copying media": source and copy are
 * marked non-appendable). WORM is written at its end only.
 */
record MediumRules(Bay bay, MediaPools pools, TapeCartridge cartridge) implements TapeRules {

  @Override
  public @Nullable String refusal() {
    TapeRecord row = cartridge.row();
    String who = "cartridge " + row.barcode();
    if (bay.readOnly()) {
      return "the bay is mounted read-only";
    }
    if (row.tab()) {
      return who + " is write-protected: its tab is set";
    }
    if (row.medium().job() != null) {
      return who + " is being made by job " + row.medium().job();
    }
    if (isSealed() && (isProtected() || row.kind() == MediumKind.WORM)) {
      return who
          + " "
          + whySealed()
          + ", so that nothing is appended to it, and it "
          + (isProtected() ? "is protected: " + row.medium().protection().word() : "is WORM");
    }
    return null;
  }

  private boolean isProtected() {
    return cartridge.row().medium().protection().holds(now());
  }

  private Instant now() {
    return bay.clock().instant();
  }

  /** Whether nothing can be appended to what it holds. */
  private boolean isSealed() {
    Cartridge opened = cartridge.opened();
    int life = opened == null ? cartridge.row().contents().lives() : opened.end().lives();
    return cartridge.row().medium().sealedLife() == life;
  }

  private String whySealed() {
    MediumFacts medium = cartridge.row().medium();
    MediaPool pool = pools.of(cartridge.row());
    return medium.copy() != null
        ? "is a copy"
        : pool != null && !pool.appendable()
            ? "is in pool " + pool.name() + ", which is not appendable"
            : "was copied";
  }

  @Override
  public void requireChange(long object, long objects, String drive) throws StorageException {
    TapeRecord row = cartridge.row();
    if (row.kind() == MediumKind.WORM && object < objects) {
      throw new StorageException(
          Fault.TAPE_END,
          "cartridge " + row.barcode() + " is WORM: it is written at its end only",
          "mt -f drives/" + drive + " eod");
    }
    if (object < objects && isProtected()) {
      throw new StorageException(
          Fault.DENIED,
          "cartridge "
              + row.barcode()
              + " is protected, nothing it holds is overwritten: "
              + row.medium().protection().word(),
          "mt -f drives/" + drive + " eod, or another cartridge");
    }
    if (object > 0 && isSealed()) {
      throw new StorageException(
          Fault.DENIED,
          "cartridge " + row.barcode() + " " + whySealed() + ": nothing is appended to it",
          "mt -f drives/" + drive + " rewind, and write it anew");
    }
  }

  @Override
  public void requireErase(long object, long objects, String drive) throws StorageException {
    TapeRecord row = cartridge.row();
    if (row.kind() == MediumKind.WORM) {
      throw new StorageException(
          Fault.TAPE_END, "cartridge " + row.barcode() + " is WORM: it is never erased");
    }
    requireChange(object, objects, drive);
  }
}
