/** Damaged bays, full disks, disks that fail or hang, and sudden death. */
package org.copybay.nativetest.fault;
