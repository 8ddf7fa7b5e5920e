package dev.llmadapt.peft;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.Device;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Precision;
import dev.llmadapt.local.source.SourceException;
import dev.llmadapt.peft.combine.Combination;
import dev.llmadapt.peft.data.Curation;
import dev.llmadapt.peft.data.PersonalData;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.data.TrainingFields;
import dev.llmadapt.peft.data.TrainingFormat;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.WeightType;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.training.Optimizer;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;

/** The rooms of the module and who may know whom. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String PEFT = "dev.llmadapt.peft.";
    private static final String NATIVES = "dev.llmadapt.natives";

    /** In the order in which data walks through them. */
    private static final List<String> ROOMS = List.of(
            "memory",
            "data",
            "checkpoint",
            "graph",
            "architecture",
            "adapter",
            "training",
            "runtime",
            "decoding",
            "tuning");

    /** What every room may use of the root package: an option that reaches into the graph, and the exceptions. */
    private static final Set<String> SHARED = Set.of(
            "Precision",
            "AdapterConfig",
            "AdapterException",
            "CheckpointException",
            "Combination",
            "Curation",
            "Device",
            "MergeOptions",
            "Optimizer",
            "PersonalData",
            "TrainingData",
            "TrainingEvent",
            "TrainingExample",
            "TrainingFields",
            "TrainingException",
            "TrainingFormat",
            "TrainingOptions",
            "WeightType",
            "InferenceException",
            "SourceException");

    @ArchTest
    static final ArchRule onlyTheRuntimeKnowsTheEngine = noClasses()
            .that()
            .resideOutsideOfPackages(PEFT + "runtime", NATIVES)
            .should()
            .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."));

    @ArchTest
    static final ArchRule onlyDecodingKnowsTheTokenizerLibrary = noClasses()
            .that()
            .resideOutsideOfPackages(PEFT + "decoding", NATIVES)
            .should()
            .dependOnClassesThat(resideInAPackage("ai.djl.."));

    @ArchTest
    static final ArchRule memoryKnowsNoLaterRoom = knowsNoneAfter("memory");

    @ArchTest
    static final ArchRule dataKnowsNoLaterRoom = knowsNoneAfter("data");

    @ArchTest
    static final ArchRule checkpointsKnowNoLaterRoom = knowsNoneAfter("checkpoint");

    @ArchTest
    static final ArchRule graphsKnowNoLaterRoom = knowsNoneAfter("graph");

    @ArchTest
    static final ArchRule graphsKnowNoCheckpoint = noClasses()
            .that()
            .resideInAPackage(PEFT + "graph")
            .should()
            .dependOnClassesThat(resideInAPackage(PEFT + "checkpoint"));

    @ArchTest
    static final ArchRule architecturesKnowNoLaterRoom = knowsNoneAfter("architecture");

    @ArchTest
    static final ArchRule adaptersKnowNoLaterRoom = knowsNoneAfter("adapter");

    @ArchTest
    static final ArchRule trainingKnowsNoLaterRoom = knowsNoneAfter("training");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoLaterRoom = knowsNoneAfter("runtime");

    @ArchTest
    static final ArchRule decodingKnowsNoLaterRoom = knowsNoneAfter("decoding");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoText = noClasses()
            .that()
            .resideInAPackage(PEFT + "runtime")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.llmadapt.prompting..", "ai.djl.."));

    @ArchTest
    static final ArchRule roomsDoNotKnowTheRoot = noClasses()
            .that()
            .resideInAnyPackage(ROOMS.stream().map(room -> PEFT + room).toArray(String[]::new))
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("are the root's, other than " + SHARED) {
                @Override
                public boolean test(JavaClass type) {
                    return type.getPackageName().equals("dev.llmadapt.peft")
                            && SHARED.stream()
                                    .noneMatch(name -> type.getName().startsWith("dev.llmadapt.peft." + name));
                }
            });

    private static ArchRule knowsNoneAfter(String room) {
        String[] later = ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size()).stream()
                .map(name -> PEFT + name)
                .toArray(String[]::new);
        return noClasses().that().resideInAPackage(PEFT + room).should().dependOnClassesThat(resideInAnyPackage(later));
    }
}
