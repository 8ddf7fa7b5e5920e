/**
 * Tools: how models write calls, how calls are read, and a loop that runs them.
 *
 * <p>Start with {@link dev.llmadapt.prompting.tool.ToolFormat}, the table of the forms in which families write calls;
 * {@link dev.llmadapt.prompting.tool.ToolTemplate} finds the form of a chat template and lays conversations with tools
 * out by it. {@link dev.llmadapt.prompting.tool.ToolLoop} is for applications.
 *
 * <pre>{@code
 * ToolLoop loop = ToolLoop.of(model, Map.of("weather", arguments -> forecast(arguments)));
 * ToolLoop.Result result = loop.run(Request.of("Will it rain in Bern?").withTools(weather));
 * System.out.println(result.answer().text());
 * }</pre>
 */
@NullMarked
package dev.llmadapt.prompting.tool;

import org.jspecify.annotations.NullMarked;
