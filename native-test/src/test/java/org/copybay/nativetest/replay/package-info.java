/** Power loss: every state that the disk below a bay could have had is recovered and checked. */
package org.copybay.nativetest.replay;
