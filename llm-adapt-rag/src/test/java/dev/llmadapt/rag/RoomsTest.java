package dev.llmadapt.rag;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the module and who may know whom. Every room may use the root's value types and exceptions. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String RAG = "dev.llmadapt.rag.";

    @ArchTest
    static final ArchRule onlyEmbeddingKnowsTheEngineAndTheTokenizerLibrary = noClasses()
            .that()
            .resideOutsideOfPackages(RAG + "embedding", "dev.llmadapt.natives")
            .should()
            .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime..", "ai.djl.."));

    @ArchTest
    static final ArchRule onlyTheIndexKnowsLucene = noClasses()
            .that()
            .resideOutsideOfPackage(RAG + "index")
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.lucene.."));

    @ArchTest
    static final ArchRule onlyDocumentsKnowTheParsersAndTheNetwork = noClasses()
            .that()
            .resideOutsideOfPackage(RAG + "documents")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.jsoup..", "org.apache.pdfbox..", "java.net.http.."));

    @ArchTest
    static final ArchRule documentsKnowNoOtherRoom =
            knowsNone("documents", "splitting", "embedding", "index", "evaluation");

    @ArchTest
    static final ArchRule splittingKnowsNoOtherRoom =
            knowsNone("splitting", "documents", "embedding", "index", "evaluation");

    @ArchTest
    static final ArchRule embeddingKnowsNoOtherRoom =
            knowsNone("embedding", "documents", "splitting", "index", "evaluation");

    @ArchTest
    static final ArchRule theIndexKnowsNoOtherRoom =
            knowsNone("index", "documents", "splitting", "embedding", "evaluation");

    @ArchTest
    static final ArchRule evaluationKnowsNoOtherRoom =
            knowsNone("evaluation", "documents", "splitting", "embedding", "index");

    @ArchTest
    static final ArchRule supportKnowsNoOtherRoom =
            knowsNone("support", "documents", "splitting", "embedding", "index", "evaluation");

    @ArchTest
    static final ArchRule retrievalKnowsNoOtherModule = noClasses()
            .that()
            .resideInAPackage("dev.llmadapt.rag..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("dev.llmadapt.peft..", "dev.llmadapt.prompting..", "dev.llmadapt.pilot.."));

    private static ArchRule knowsNone(String room, String... others) {
        String[] packages = new String[others.length];
        for (int i = 0; i < others.length; i++) {
            packages[i] = RAG + others[i];
        }
        return noClasses()
                .that()
                .resideInAPackage(RAG + room)
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages));
    }
}
