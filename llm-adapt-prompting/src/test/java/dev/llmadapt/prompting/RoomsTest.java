package dev.llmadapt.prompting;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt.prompting", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String PROMPTING = "dev.llmadapt.prompting";

    @ArchTest
    static final ArchRule noRoomKnowsTheRoot = noClasses()
            .that()
            .resideInAPackage(PROMPTING + ".*..")
            .should()
            .dependOnClassesThat(resideInAPackage(PROMPTING));

    @ArchTest
    static final ArchRule noCyclesBetweenRooms =
            slices().matching(PROMPTING + ".(*)..").should().beFreeOfCycles();

    /** Prompts are made from the API's values, for whatever model there is. */
    @ArchTest
    static final ArchRule promptingKnowsTheApiAlone = classes()
            .that()
            .resideOutsideOfPackages(PROMPTING + ".search", PROMPTING + ".file", PROMPTING + ".memory")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..", "org.slf4j..", "org.jspecify..", "dev.llmadapt", "dev.llmadapt.text", PROMPTING + ".."));

    /** Prompt files are read by the language of templates, and hashed. */
    @ArchTest
    static final ArchRule promptFilesKnowTemplates = classes()
            .that()
            .resideInAPackage(PROMPTING + ".file")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.llmadapt",
                    "dev.llmadapt.files",
                    PROMPTING + ".template",
                    PROMPTING + ".file"));

    /** Conversations are kept as JSON, in memory or by JDBC. */
    @ArchTest
    static final ArchRule memoryKnowsDatabases = classes()
            .that()
            .resideInAPackage(PROMPTING + ".memory")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "javax.sql..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.llmadapt",
                    "dev.llmadapt.text",
                    PROMPTING + ".memory"));

    /** A search keeps a journal beside, and saves what it found. */
    @ArchTest
    static final ArchRule searchKnowsFilesBeside = classes()
            .that()
            .resideInAPackage(PROMPTING + ".search")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.llmadapt",
                    "dev.llmadapt.text",
                    "dev.llmadapt.files",
                    PROMPTING + ".examples",
                    PROMPTING + ".search"));
}
