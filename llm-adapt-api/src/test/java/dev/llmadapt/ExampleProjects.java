package dev.llmadapt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The projects of the folder {@code examples}, compiled and run on the class path of a test. */
public final class ExampleProjects {
    private ExampleProjects() {}

    /**
     * Compiles a project and runs its main class in this process.
     *
     * @param project the name of its folder
     * @param classes an empty folder
     * @return what it printed
     */
    public static String run(String project, Path classes, String mainClass, String... arguments)
            throws ReflectiveOperationException, IOException {
        Path main = GuideExamples.root().resolve("examples").resolve(project).resolve("src/main");
        compile(main.resolve("java"), classes);
        URL[] urls = {classes.toUri().toURL(), main.resolve("resources").toUri().toURL()};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        try (URLClassLoader example = new URLClassLoader(urls, loader)) {
            thread.setContextClassLoader(example);
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            example.loadClass(mainClass).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
            thread.setContextClassLoader(loader);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-proc:none",
                "-parameters",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> options.add(file.toString()));
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, errors, options.toArray(String[]::new));
        if (status != 0) {
            throw new AssertionError("the example does not compile: " + errors.toString(StandardCharsets.UTF_8));
        }
    }
}
