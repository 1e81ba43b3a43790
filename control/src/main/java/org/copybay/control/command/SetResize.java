package org.copybay.control.command;

import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;

/** What resize does where it names a shadow set. */
record SetResize(Units units) {
  private static final String SET = "set";
  private static final String SIZE = "size";

  Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    VirtualUnit unit = units.own(request, SET, "resize it");
    Units.requireMounted(arguments, unit, SET);
    long size = arguments.size(SIZE);
    if (size < unit.size()) {
      throw RefusedException.badRequest(
          arguments.column(SIZE),
          "shadow set " + unit.name() + " has " + unit.size() + " bytes, and is not made smaller");
    }
    return new Plan(
        units.subject(unit),
        "resize " + unit.name() + " from " + unit.size() + " to " + size + " bytes",
        () ->
            arguments.at(
                SET,
                () -> {
                  units.sets().commands(unit).resize(size, request.acceptance());
                  return Reply.text(
                      Units.generation(unit), "set " + unit.name() + " has " + size + " bytes");
                }),
        size == unit.size()
            ? arguments.refuse(
                SIZE, Fault.ALREADY, "set " + unit.name() + " has " + size + " bytes already", null)
            : null);
  }
}
