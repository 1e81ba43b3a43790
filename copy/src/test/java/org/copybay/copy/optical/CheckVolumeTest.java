package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.Test;

/** CHKOPTVOL reads what is written, and ends the failure of a volume (P8). */
final class CheckVolumeTest extends OpticalFixture {
  private OpticalVolume volume() throws StorageException {
    OpticalVolume made = test.add(TestOptical.wanted("C", "LIB", MediaType.WORM, S, 20L * S, 1));
    test.write(made, 0, random(1, 4 * S));
    return made;
  }

  private Job check(OpticalVolume volume) throws StorageException {
    Job job = optical.checking().start(volume, new Checking.Spec(true, true, null, "check", 0));
    TestJobs.awaitEnd(job);
    return job;
  }

  @Test
  void itTellsWhatItRead() throws Exception {
    Job job = check(volume());

    assertThat(job.state()).isEqualTo(JobState.DONE);
    assertThat(job.row().result()).isEqualTo("checked=" + 4 * S + " files=1 file_bytes=" + 4 * S);
    test.assertNothingHeld();
  }

  @Test
  void itEndsAFailureOnceTheBytesAreBack() throws Exception {
    OpticalVolume volume = volume();
    Volume bytes = volume.medium().volume();
    Path home = bytes.home();
    setLength(home, 10L * S);
    assertFault(Fault.CORRUPT, bytes::requireUncut, "");
    assertThat(check(volume).state()).isEqualTo(JobState.FAILED);
    assertFault(
        Fault.STORE_FAILED, () -> test.write(volume, 4 * S, random(2, S)), "takes no writes");
    StorageException refused = refusal(volume);
    assertThat(refused.remedy()).isEqualTo("optical check volume=C.A");

    setLength(home, 20L * S);

    assertThat(check(volume).state()).isEqualTo(JobState.DONE);
    test.write(volume, 4 * S, random(2, S));
    assertThat(volume.size()).isEqualTo(5L * S);
  }

  private StorageException refusal(OpticalVolume volume) {
    try {
      test.write(volume, 4 * S, random(2, S));
    } catch (StorageException e) {
      return e;
    }
    throw new AssertionError("it took a write");
  }

  private static void setLength(Path home, long length) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(home.toFile(), "rw")) {
      file.setLength(length);
    }
  }
}
