/** The page at the server's root, for trying models side by side in a browser. */
@NullMarked
package dev.llmadapt.server.page;

import org.jspecify.annotations.NullMarked;
