package dev.llmadapt.rag.opensearch;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;

/** The allowed dependencies of the module, which is one package, on those of retrieval. */
@AnalyzeClasses(packages = "dev.llmadapt.rag.opensearch", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    @ArchTest
    static final ArchRule theClusterKnowsTheIndexAndWhatItIsMadeOf = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "dev.llmadapt.rag",
                    "dev.llmadapt.rag.documents",
                    "dev.llmadapt.rag.retrieval",
                    "dev.llmadapt.rag.evaluation",
                    "dev.llmadapt.rag.factcheck"));

    @ArchTest
    static final ArchRule theClusterKnowsNoEngine = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.lucene..", "ai.onnxruntime..", "ai.djl.."));

    /**
     * A file that others may read is created by {@code AtomicFiles.createPart}: those of {@link Files#createTempFile}
     * are this user's alone, also when they are moved into a cache folder or a place the user named. Folders by
     * {@link Files#createTempDirectory} are allowed for work that is deleted at its end.
     */
    @ArchTest
    static final ArchRule noFileIsThisUsersAlone =
            noClasses().should().callMethodWhere(target(name("createTempFile")).and(target(owner(type(Files.class)))));
}
