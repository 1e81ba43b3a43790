package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;

/** What every store and its files keep of what {@link TrackStore} and {@link StoreFile} say. */
abstract class TrackStoreContract extends StoreFileContract {
  @Test
  void theHomeIsAlwaysTheSameObject() throws Exception {
    assertThat(store().home()).isSameAs(store().home());
    assertThat(store().home().size()).isEqualTo(HOME_BYTES);
  }

  @Test
  void theOriginStays() throws Exception {
    assertThat(store().origin()).isEqualTo(store().origin());
    assertThat(store().origin().outlived(store().origin())).isTrue();
  }

  @Test
  void aFileExistsFromItsCreationToItsDeletion() throws Exception {
    assertThat(store().exists("file")).isFalse();

    store().create("file").close();
    assertThat(store().exists("file")).isTrue();
    assertThat(store().exists("fil")).isFalse();

    store().delete("file");
    assertThat(store().exists("file")).isFalse();
  }

  @Test
  void aNewFileIsEmpty() throws Exception {
    try (StoreFile file = store().create("file")) {
      assertThat(file.size()).isZero();
    }
  }

  @Test
  void whatIsNotThereCannotBeOpened() {
    assertFault(Fault.NOT_FOUND, () -> store().open("file"));
  }

  @Test
  void whatWasDeletedCannotBeOpened() throws Exception {
    store().create("file").close();
    store().delete("file");

    assertFault(Fault.NOT_FOUND, () -> store().open("file"));
  }

  @Test
  void deletingWhatIsNotThereIsNoError() throws Exception {
    store().delete("file");

    assertThat(store().exists("file")).isFalse();
  }

  @Test
  void creatingOverAnExistingNameEmptiesIt() throws Exception {
    filled().close();

    try (StoreFile file = store().create("file")) {
      assertThat(file.size()).isZero();
      file.setSize(256 * KIB);
      assertThat(read(file, 0, 256 * KIB)).containsOnly(0);
    }
  }

  @Test
  void twoOpenersSeeTheSameBytes() throws Exception {
    try (StoreFile one = filled();
        StoreFile other = store().open("file")) {
      write(one, 1000, (byte) 1, (byte) 2);
      assertThat(read(other, 1000, 2)).containsExactly(1, 2);

      other.setSize(1001);
      assertThat(one.size()).isEqualTo(1001);
    }
  }

  @Test
  void filesOfOtherNamesAndTheHomeShareNothing() throws Exception {
    try (StoreFile a = store().create("a");
        StoreFile b = store().create("b")) {
      write(a, 0, (byte) 1);
      write(b, 0, (byte) 2);

      assertThat(read(a, 0, 1)).containsExactly(1);
      assertThat(read(b, 0, 1)).containsExactly(2);
      assertThat(read(store().home(), 0, 1)).containsExactly(0);
    }
  }

  @Test
  void bytesAndNamesAreThereAfterTheirSync() throws Exception {
    StoreFile file = filled();
    file.flush();
    store().syncNames();
    file.close();

    try (StoreFile again = store().open("file")) {
      assertThat(read(again, 0, 256 * KIB)).isEqualTo(Bytes.random(1, 256 * KIB));
      again.flush();
    }
  }

  @Test
  void closingTheStoreClosesTheHome() {
    store().close();

    assertClosed(store().home());
  }
}
