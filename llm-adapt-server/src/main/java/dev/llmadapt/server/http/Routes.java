package dev.llmadapt.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The table of routes: the handlers by path and method. Filled before it is used, then immutable. */
public final class Routes {
    private final Map<String, Map<String, Handler>> handlers = new LinkedHashMap<>();

    /** No routes yet. */
    public Routes() {}

    /**
     * A handler with its route.
     *
     * @param path as it stands in the table
     */
    public record Found(String path, Handler handler) {}

    /**
     * Adds a route.
     *
     * @param method in capitals
     * @param path a whole path, or with {@code /*} at its end all paths that begin so and have something there
     * @return this table
     */
    public Routes add(String method, String path, Handler handler) {
        Handler before =
                handlers.computeIfAbsent(path, each -> new LinkedHashMap<>()).putIfAbsent(method, handler);
        if (before != null) {
            throw new IllegalStateException("the route " + method + " " + path + " is there already");
        }
        return this;
    }

    /**
     * Finds the handler of a request. That of GET answers HEAD, too, whose response has no body.
     *
     * @throws HttpFailure 404 if no route has its path, 405 if one has but not its method
     */
    public Found find(String method, String path) {
        String route = route(path)
                .orElseThrow(() -> HttpFailure.of(
                        404, "not_found", "there is no route " + method + " " + path + "; there are " + paths()));
        Map<String, Handler> methods = handlers.getOrDefault(route, Map.of());
        Handler handler = methods.get(method.equals("HEAD") ? "GET" : method);
        if (handler == null) {
            String allowed = String.join(", ", new TreeSet<>(methods.keySet()));
            throw HttpFailure.of(405, "method_not_allowed", path + " takes the method " + allowed + ", got " + method)
                    .withHeader("allow", allowed);
        }
        return new Found(route, handler);
    }

    private Optional<String> route(String path) {
        if (handlers.containsKey(path)) {
            return Optional.of(path);
        }
        return handlers.keySet().stream()
                .filter(route -> route.endsWith("/*")
                        && path.startsWith(route.substring(0, route.length() - 1))
                        && path.length() >= route.length())
                .max(Comparator.comparingInt(String::length));
    }

    private List<String> paths() {
        List<String> paths = new ArrayList<>();
        handlers.forEach((path, methods) ->
                methods.keySet().forEach(method -> paths.add(method + " " + path.replace("/*", "/{id}"))));
        return paths;
    }
}
