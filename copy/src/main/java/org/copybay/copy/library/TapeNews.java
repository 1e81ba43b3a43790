package org.copybay.copy.library;

/** What happened to a cartridge, for who copies it. Called without any lock of a library. */
public interface TapeNews {
  /** Nobody wants to know. */
  TapeNews NONE =
      new TapeNews() {
        @Override
        public void sessionEnded(TapeCartridge cartridge) {}

        @Override
        public void unloaded(TapeCartridge cartridge) {}
      };

  /** A program that wrote to it has closed the drive. */
  void sessionEnded(TapeCartridge cartridge);

  /** It is back in its slot. */
  void unloaded(TapeCartridge cartridge);
}
