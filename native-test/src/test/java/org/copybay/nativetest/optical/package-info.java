/** Optical volumes through a real mount, driven by real programs. */
package org.copybay.nativetest.optical;
