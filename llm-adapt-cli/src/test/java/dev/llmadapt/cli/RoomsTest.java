package dev.llmadapt.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = RoomsTest.NoTests.class)
class RoomsTest {
    private static final String CLI = "dev.llmadapt.cli";

    @ArchTest
    static final ArchRule noRoomKnowsTheRoot =
            noClasses().that().resideInAPackage(CLI + ".*..").should().dependOnClassesThat(resideInAPackage(CLI));

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(CLI + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsPicocli = noClasses()
            .that()
            .resideOutsideOfPackage(CLI + "..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("picocli..", CLI + ".."));

    @ArchTest
    static final ArchRule onlyMainIsPublic = classes()
            .that()
            .resideInAPackage(CLI)
            .and()
            .areTopLevelClasses()
            .and()
            .areNotAssignableTo(Main.class)
            .should()
            .notBePublic();

    /**
     * A file that others may read is created by {@code AtomicFiles.createPart}: those of {@link Files#createTempFile}
     * are this user's alone, also when they are moved into a cache folder or a place the user named. Folders by
     * {@link Files#createTempDirectory} are allowed for work that is deleted at its end.
     */
    @ArchTest
    static final ArchRule noFileIsThisUsersAlone =
            noClasses().should().callMethodWhere(target(name("createTempFile")).and(target(owner(type(Files.class)))));

    /** Leaves out tests, wherever a build puts them. */
    static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }
}
