package dev.llmadapt.cli.prompts;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Prompts, models and tests, as a file has them.
 *
 * @param description what it is about; may be empty
 * @param prompts the prompts
 * @param providers the models that the file names; empty where it names none
 * @param tests the tests
 * @param cache whether the file lets answers be kept
 * @param judges the models that the file names to grade, each once, with their places
 */
public record PromptSuite(
        String description,
        List<Prompt> prompts,
        List<Provider> providers,
        List<Test> tests,
        boolean cache,
        Map<String, String> judges) {
    /** Copies the lists. */
    public PromptSuite {
        prompts = List.copyOf(prompts);
        providers = List.copyOf(providers);
        tests = List.copyOf(tests);
        judges = Map.copyOf(judges);
    }

    /**
     * Messages with variables in them.
     *
     * @param variables the names of those that it reads
     * @param rendering the messages by the values; throws {@link SuiteException} if a variable is missing, or a
     *     template cannot be rendered
     */
    record Template(Set<String> variables, Function<Map<String, Object>, List<Message>> rendering) {
        /** Copies the names. */
        Template {
            variables = Set.copyOf(variables);
        }

        List<Message> render(Map<String, Object> values) {
            return rendering.apply(values);
        }
    }

    /**
     * A prompt.
     *
     * @param label what tables call it
     * @param template its messages
     */
    public record Prompt(String label, Template template) {}

    /**
     * A model.
     *
     * @param id where it comes from, as the file has it
     * @param label what tables call it
     * @param options how it decodes
     * @param prices what tokens cost; empty where the file does not say
     * @param place where it stands
     */
    public record Provider(
            String id, String label, GenerationOptions options, Optional<TokenPrices> prices, String place) {}

    /** Prices of a token. */
    public record TokenPrices(double prompt, double completion) {
        double of(Usage usage) {
            return prompt * usage.promptTokens() + completion * usage.completionTokens();
        }
    }

    /**
     * A test.
     *
     * @param name its description, or its variables
     * @param variables the variables by name
     * @param assertions what its answers must keep
     * @param threshold the score that is enough; empty where each assertion must be kept
     * @param place where it stands
     */
    public record Test(
            String name,
            Map<String, Object> variables,
            List<Asserted> assertions,
            Optional<Double> threshold,
            String place) {
        /** Copies the lists. */
        public Test {
            assertions = List.copyOf(assertions);
        }

        /** The assertions, those of sets among them. */
        Stream<Assertion> all() {
            return assertions.stream().flatMap(Asserted::assertions);
        }

        boolean asserts(String type) {
            return all().anyMatch(each -> each.type().equals(type));
        }
    }

    /** Whether a test has an assertion of this type. */
    public boolean asserts(String type) {
        return tests.stream().anyMatch(test -> test.asserts(type));
    }

    /**
     * The variables of tests that no prompt and no assertion of the test reads, such as misspelt ones, each with the
     * place of the first such test.
     */
    public Map<String, String> unread() {
        Set<String> read = new HashSet<>();
        prompts.forEach(prompt -> read.addAll(prompt.template().variables()));
        Map<String, String> unread = new LinkedHashMap<>();
        for (Test test : tests) {
            Set<String> names = new LinkedHashSet<>(test.variables().keySet());
            names.removeAll(read);
            test.all().forEach(each -> names.removeAll(each.variables()));
            names.forEach(name -> unread.putIfAbsent(name, test.place()));
        }
        return unread;
    }

    /** This suite on other models. */
    public PromptSuite on(List<Provider> others) {
        return new PromptSuite(description, prompts, others, tests, cache, judges);
    }

    /**
     * The messages of all prompts with the variables of all tests: for each test those of each prompt. What assertions
     * compare with is rendered, too, so that nothing can be refused later.
     *
     * @throws SuiteException if one cannot be rendered, naming test and prompt
     */
    public List<List<List<Message>>> render() {
        List<List<List<Message>>> all = new ArrayList<>();
        for (Test test : tests) {
            test.all().forEach(each -> each.rendered(test.variables()));
            List<List<Message>> row = new ArrayList<>();
            for (Prompt prompt : prompts) {
                try {
                    row.add(prompt.template().render(test.variables()));
                } catch (SuiteException e) {
                    throw new SuiteException(test.place() + ", prompt '" + prompt.label() + "': " + e.getMessage(), e);
                }
            }
            all.add(row);
        }
        return all;
    }

    /** Refuses assertions on costs where a model has no prices. */
    public void requirePrices() {
        for (Test test : tests) {
            for (Assertion each : test.all().toList()) {
                for (Provider provider : each.type().equals("cost") ? providers : List.<Provider>of()) {
                    if (provider.prices().isEmpty()) {
                        throw new SuiteException(each.place() + ": the assertion 'cost' needs the prices of '"
                                + provider.label()
                                + "': cost, or inputCost and outputCost, in the config of its provider;"
                                + " 'tokens' needs none");
                    }
                }
            }
        }
    }
}
