package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.fs.transport.FileMode;
import org.junit.jupiter.api.Test;

/** What readdir(3) and rewinddir(3) find. */
class ListingTest {
  private int listed;

  private List<DirectoryEntry> list() {
    listed++;
    return List.of(new DirectoryEntry("v" + listed, listed, FileMode.S_IFREG));
  }

  @Test
  void readingOnKeepsTheEntriesAndRewindingListsAnew() throws Exception {
    Listing listing = new Listing(this::list);

    assertThat(listing.at(0)).extracting(DirectoryEntry::name).containsExactly("v1");
    assertThat(listing.at(1)).extracting(DirectoryEntry::name).containsExactly("v1");
    assertThat(listing.at(0)).extracting(DirectoryEntry::name).containsExactly("v2");
    assertThat(listing.at(1)).extracting(DirectoryEntry::name).containsExactly("v2");
  }
}
