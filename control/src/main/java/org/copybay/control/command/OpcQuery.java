package org.copybay.control.command;

import java.util.List;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

record OpcQuery(QuickOpc opc) {
  record Result(PairRecord pair, @Nullable StorageException error) {}

  List<String> results(List<Result> results, String what, boolean xml) {
    return List.of();
  }

  List<String> sessions(String format) {
    return List.of();
  }

  List<String> pairs(String group, List<PairRecord> pairs, boolean restores, String format) {
    return List.of();
  }
}
