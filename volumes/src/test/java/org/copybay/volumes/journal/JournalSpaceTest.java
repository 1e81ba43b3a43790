package org.copybay.volumes.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;

/** The space behind the last change of a journal, by which one that was cut is known. */
final class JournalSpaceTest {
  private static final VolumeIdentity VOLUME = new VolumeIdentity(UUID.randomUUID(), "v", 1L << 30);
  private static final int SPARE = Journal.SPARE_BYTES / SlotLayout.LENGTH;

  private final SimulatedStore store = new SimulatedStore(1, 1);

  private JournalReader read() throws StorageException {
    return JournalReader.open(store, 0, VOLUME.id(), RecoverMode.PROCESS);
  }

  /** Changes fill all of the first space, so that what follows stands in the spare one. */
  private long fill(Journal journal) throws StorageException {
    long space;
    try (StoreFile file = store.open("journal.0")) {
      space = file.size();
    }
    while (true) {
      long next = Journal.offset(journal.last()) + SlotLayout.LENGTH + Journal.SPARE_BYTES;
      if (next > space) {
        return journal.last();
      }
      journal.append(JournalRecord.zero(0, 1, 1));
    }
  }

  @Test
  void dropsInTheSpareSpaceAreNoCut() throws Exception {
    try (Journal journal = Journal.create(store, 0, 1, VOLUME)) {
      long changes = fill(journal);
      for (int dropped = 1; dropped <= SPARE; dropped++) {
        journal.append(JournalRecord.drop(dropped));

        assertThat(read().end()).isEqualTo(changes + dropped);
      }
    }
  }

  @Test
  void aCutBehindAChangeIsSeen() throws Exception {
    try (Journal journal = Journal.create(store, 0, 1, VOLUME)) {
      long changes = fill(journal);
      try (StoreFile file = store.open("journal.0")) {
        file.setSize(Journal.offset(changes) + Journal.SPARE_BYTES - 1);
      }
    }

    assertThatThrownBy(this::read).hasMessageContaining("it was cut");
  }
}
