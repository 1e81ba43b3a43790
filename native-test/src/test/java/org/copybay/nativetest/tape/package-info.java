/** Tape drives, cartridges and libraries through a real mount, driven by real programs. */
package org.copybay.nativetest.tape;
