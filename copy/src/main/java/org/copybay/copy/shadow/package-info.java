/** Shadow sets: one virtual unit over members that all get every write. */
@org.jspecify.annotations.NullMarked
package org.copybay.copy.shadow;
