/**
 * What {@code copybay doctor} looks at: one small class for each family of findings. Each has the
 * rule as a function of facts, which tests call, and a {@code look} that takes the facts from this
 * machine.
 *
 * <p>Nothing here changes anything, but for one scratch file without a name in the directory of the
 * bay. {@link org.copybay.fs.doctor.Examination} runs every look in a thread of its own, because a
 * disk or a mount may hang.
 */
@NullMarked
package org.copybay.fs.doctor;

import org.jspecify.annotations.NullMarked;
