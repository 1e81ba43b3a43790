package org.copybay.fs.node;

import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.copybay.fs.transport.FuseSession;
import org.copybay.volumes.Extent;
import org.copybay.volumes.bay.KernelView;
import org.jspecify.annotations.Nullable;

/** Tells the kernel of a mount what changed behind it. Any thread may call. */
final class FileView<F> implements KernelView<F> {
  private final ToLongFunction<F> node;

  // volatile: set once by init, before the first request
  private volatile @Nullable FuseSession session;

  /** Of files with those node numbers. */
  FileView(ToLongFunction<F> node) {
    this.node = node;
  }

  void init(FuseSession newSession) {
    session = newSession;
  }

  @Override
  public CompletableFuture<Void> sizeChanged(F file) {
    FuseSession now = session;
    return now == null
        ? CompletableFuture.completedFuture(null)
        : now.invalidateAttributes(node.applyAsLong(file));
  }

  @Override
  public CompletableFuture<Void> contentChanged(F file, Extent changed) {
    FuseSession now = session;
    return now == null
        ? CompletableFuture.completedFuture(null)
        : now.invalidateData(node.applyAsLong(file), changed.offset(), changed.length());
  }
}
