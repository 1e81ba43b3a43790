/** The control files, as real shells and tools use them. */
package org.copybay.nativetest.control;
