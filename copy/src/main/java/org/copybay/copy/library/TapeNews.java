package org.copybay.copy.library;

/** What happened to a cartridge, for who copies it. Called without any lock of a library. */
public interface TapeNews {
  /** A program that wrote to it has closed the drive. */
  void sessionEnded(TapeCartridge cartridge);

  /** It is back in its slot. */
  void unloaded(TapeCartridge cartridge);
}
