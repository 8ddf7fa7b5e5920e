package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CandidateNameTest {
    @Test
    void parse_withAModel_isRoundTrip() {
        assertThat(CandidateName.parse("rag(1)+few-shot(4)/scored @ qwen2.5-0.5b"))
                .isEqualTo(new CandidateName("rag(1)+few-shot(4)/scored", "qwen2.5-0.5b"));
        assertThat(new CandidateName("zero-shot", "a").text()).isEqualTo("zero-shot @ a");
        assertThat(new CandidateName("zero-shot", "").text()).isEqualTo("zero-shot");
    }

    @Test
    void parse_atInAnArgument_isNoModel() {
        assertThat(CandidateName.parse("role(reach me @ home)").model()).isEmpty();
        assertThat(CandidateName.parse("role(reach me @ home) @ small"))
                .isEqualTo(new CandidateName("role(reach me @ home)", "small"));
        assertThat(CandidateName.parse("zero-shot [lora @ 3]").model()).isEmpty();
    }
}
