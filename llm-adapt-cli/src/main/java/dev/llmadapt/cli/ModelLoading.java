package dev.llmadapt.cli;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.PeftAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Opens models for the command line, local ones and those on servers; the one place that knows how. */
final class ModelLoading {
    static final ModelLoader LOADER = new ModelLoader() {
        @Override
        public Model open(ModelChoice choice, Progress progress) {
            if (RemoteSource.is(choice.source())) {
                return RemoteSource.open(choice);
            }
            ModelOptions options = ModelOptions.defaults()
                    .withPrecision(choice.precision())
                    .withDevice(choice.device())
                    .withChatTemplate(choice.chatTemplate())
                    .withCacheMemory(choice.cacheMemory())
                    .withCacheType(choice.cacheType())
                    .withPromptLookup(choice.promptLookup());
            options = choice.toolFormat().map(options::withToolFormat).orElse(options);
            Path checkpoint = source(choice.source()).fetch(progress);
            Optional<Path> classifier = classifier(choice.adapters());
            if (classifier.isPresent()) {
                LocalModel model = LocalModel.open(checkpoint, options);
                try {
                    return new Classifying(LoraHeadTuning.defaults().open(model, classifier.get()), model);
                } catch (RuntimeException | Error e) {
                    model.close();
                    throw e;
                }
            }
            List<PeftAdapter> adapters = read(choice.adapters());
            LocalModel model = LocalModel.open(checkpoint, options, adapters);
            return adapters.isEmpty() ? model : new Adapted(model, uses(adapters, choice.adapters()));
        }

        @Override
        public ModelFiles files(ModelChoice choice, Progress progress) {
            if (RemoteSource.is(choice.source())) {
                return RemoteSource.files(choice.source());
            }
            return ModelFiles.read(source(choice.source()).fetch(progress), choice, progress);
        }
    };

    private ModelLoading() {}

    /** The source that a text names, which may be a name of those that {@code models} lists. */
    static ModelSource source(String text) {
        return ModelSource.parse(KnownModel.sourceOf(text));
    }

    /** The folder of a classifier, which answers by itself, if the adapters are one. */
    static Optional<Path> classifier(List<AdapterArgument> adapters) {
        for (AdapterArgument each : adapters) {
            if (PeftAdapter.read(each.folder()).isClassifier()) {
                if (adapters.size() > 1 || each.weight() != 1) {
                    throw new IllegalArgumentException("the adapter " + each.folder() + " is a classifier (task_type"
                            + " SEQ_CLS), which answers by itself; give it alone and without a weight");
                }
                return Optional.of(each.folder());
            }
        }
        return Optional.empty();
    }

    /** Tells adapters from others in the same folders. */
    static String content(List<AdapterArgument> adapters) {
        MessageDigest digest = Sha256.newDigest();
        for (AdapterArgument each : adapters) {
            try (Stream<Path> files = Files.list(each.folder())) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    digest.update((file.getFileName() + " " + Sha256.of(file)).getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot read " + each.folder() + ": " + e, e);
            }
        }
        return Sha256.hex(digest);
    }

    /** Loads adapters into a model. */
    static List<AdapterUse> load(LocalModel model, List<AdapterArgument> arguments) {
        List<PeftAdapter> adapters = read(arguments);
        adapters.forEach(model::loadAdapter);
        return uses(adapters, arguments);
    }

    private static List<PeftAdapter> read(List<AdapterArgument> arguments) {
        List<PeftAdapter> adapters = new ArrayList<>();
        for (AdapterArgument each : arguments) {
            // folders of one name, such as checkpoints of several runs, are told apart by their place
            adapters.add(PeftAdapter.read(each.folder(), (adapters.size() + 1) + ":" + each.folder()));
        }
        return adapters;
    }

    private static List<AdapterUse> uses(List<PeftAdapter> adapters, List<AdapterArgument> arguments) {
        return IntStream.range(0, adapters.size())
                .mapToObj(i ->
                        new AdapterUse(adapters.get(i).name(), arguments.get(i).weight()))
                .toList();
    }

    /** A classifier over a model, which is closed with it. */
    private static final class Classifying extends ModelLayer {
        private final Model classifier;
        private final Model base;

        Classifying(Model classifier, Model base) {
            super(classifier);
            this.classifier = classifier;
            this.base = base;
        }

        @Override
        protected Request apply(Request request) {
            return request;
        }

        @Override
        protected void release() {
            try (base) {
                classifier.close();
            }
        }
    }

    /** A model with adapters in every request, which is closed with this layer. */
    private static final class Adapted extends ModelLayer {
        private final Model model;
        private final List<AdapterUse> uses;

        Adapted(Model model, List<AdapterUse> uses) {
            super(model);
            this.model = model;
            this.uses = uses;
        }

        @Override
        protected Request apply(Request request) {
            return request.withAdapters(uses);
        }

        @Override
        protected void release() {
            model.close();
        }
    }
}
