package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.ZeroShotTest.free;
import static dev.llmadapt.prompting.ZeroShotTest.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import org.junit.jupiter.api.Test;

final class RolePromptTest extends StrategyContract {
    private static final RolePrompt BOTANIST = new RolePrompt("You are a botanist.");

    @Override
    protected Strategy strategy() {
        return BOTANIST;
    }

    @Test
    void prepare_noSystemMessage_roleIsIt() {
        assertThat(prepared(BOTANIST, task(), Request.of("a dog")))
                .containsExactly(Message.system("You are a botanist."), Message.user("a dog"));
    }

    @Test
    void prepare_layeredWithInstruction_theInnermostComesFirst() {
        assertThat(prepared(BOTANIST.then(ZeroShot.defaults()), free("Translate."), Request.of("a dog")))
                .first()
                .isEqualTo(Message.system("You are a botanist.\n\nTranslate."));
        assertThat(prepared(ZeroShot.defaults().then(BOTANIST), free("Translate."), Request.of("a dog")))
                .first()
                .isEqualTo(Message.system("Translate.\n\nYou are a botanist."));
    }

    @Test
    void construct_blank_isRefused() {
        assertThatThrownBy(() -> new RolePrompt("  ")).isInstanceOf(IllegalArgumentException.class);
    }
}
