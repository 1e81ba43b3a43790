/** The copy services of a bay, put together. */
@org.jspecify.annotations.NullMarked
package org.copybay.copy;
