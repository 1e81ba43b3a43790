package org.copybay.copy.quickopc;

import java.nio.ByteBuffer;
import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares source and target of a session as of one instant, region by region, where nothing says
 * that they may differ. What changed since the instant is left out too, which is safe.
 */
final class VerifyWork implements Work {
  private static final Logger LOG = LoggerFactory.getLogger(VerifyWork.class);

  static final String VERB = "quickopc_verify";

  /** What the keys of its points begin with. */
  static final String POINTS = "verify-";

  private static final int REGION_BYTES = Sets.REGION_BYTES;
  private static final String SESSION = "session=";
  private static final String GENERATION = " generation=";

  private final QuickOpc opc;
  private final JobRecord row;

  VerifyWork(QuickOpc opc, JobRecord row) {
    this.opc = opc;
    this.row = row;
  }

  static String options(SessionRecord session) {
    return SESSION + session.id() + GENERATION + session.generation();
  }

  private String key() {
    return POINTS + row.id();
  }

  /** The keys of the points that unfinished jobs compare. */
  static List<String> points(List<JobRecord> jobs) {
    return jobs.stream()
        .filter(job -> job.verb().equals(VERB) && !job.state().ended())
        .map(job -> POINTS + job.id())
        .toList();
  }

  private Session session() throws StorageException {
    String options = row.options();
    int cut = options.indexOf(GENERATION);
    int number = Integer.parseInt(options.substring(SESSION.length(), cut));
    int generation = Integer.parseInt(options.substring(cut + GENERATION.length()));
    Session session = opc.findSession(number);
    if (session == null
        || session.record().generation() != generation
        || !session.record().tracking()) {
      throw new StorageException(
          Fault.CANCELLED, "session " + number + " was started again, or ends");
    }
    return session;
  }

  /** Keeps what both sides hold now. */
  void freeze() throws StorageException {
    Session session = session();
    PointInTime made =
        opc.bay()
            .points()
            .freezeSession(
                List.of(session.source(), session.target()), key(), Catalogue.Change.NOTHING);
    LOG.debug("verify: point={}", made.name());
  }

  void drop() {
    try {
      opc.bay().points().dropSession(key(), Catalogue.Change.NOTHING);
    } catch (StorageException e) {
      LOG.warn("point={} {}", key(), e.getMessage());
    }
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    if (opc.bay().points().findSession(key()) == null) {
      throw new StorageException(Fault.NOT_FOUND, "the point in time that it compares is gone");
    }
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    Session first = session();
    PointInTime point = opc.bay().points().findSession(key());
    PointVolume source = opc.frozen(point, first.source());
    PointVolume target = opc.frozen(point, first.target());
    ByteBuffer one = ByteBuffer.allocateDirect(REGION_BYTES);
    ByteBuffer other = ByteBuffer.allocateDirect(REGION_BYTES);
    job.begin("comparing", source.size());
    long same = 0;
    long regions = Sets.of(first).regions();
    for (long region = 0; region < regions; region++) {
      long offset = region * REGION_BYTES;
      int length = (int) Math.min(REGION_BYTES, source.size() - offset);
      job.proceed(length);
      source.read(offset, one.clear().limit(length));
      target.read(offset, other.clear().limit(length));
      boolean equal = one.flip().equals(other.flip());
      boolean untouched = Sets.of(session()).isSame(region); // so since the instant: it was read
      if (untouched && session().equals(first)) { // still: the end of tracking deletes bitmaps
        if (!equal) {
          throw new StorageException(
              Fault.CORRUPT,
              "region "
                  + region
                  + " at byte "
                  + offset
                  + " of "
                  + first.target().name()
                  + " is not that of "
                  + first.source().name()
                  + ", although nothing changed it",
              "quickopc start group=... mode=auto after a cancel copies everything");
        }
        same++;
      }
      job.progress().passed(length);
    }
    job.conclude();
    JobRecord done = job.row().done(job.now(), "same_regions=" + same + " regions=" + regions);
    opc.bay().points().dropSession(key(), connection -> JobTable.put(connection, done));
    return done;
  }

  @Override
  public boolean discard() {
    drop();
    return true;
  }

  @Override
  public void release(Job job) {
    // Its point is dropped with its end.
  }
}
