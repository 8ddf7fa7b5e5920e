package example;

import dev.llmadapt.spring.ai.DocumentOptions;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.rag.advisor.RetrievalAugmentationAdvisor;
import org.springframework.ai.rag.retrieval.search.DocumentRetriever;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

@SpringBootApplication
@EnableConfigurationProperties(TenantAssistant.Logins.class)
public class TenantAssistant {
    public static void main(String[] arguments) {
        SpringApplication.run(TenantAssistant.class, arguments);
    }

    @ConfigurationProperties("assistant")
    record Logins(Map<String, Login> users) {}

    record Login(String password, String adapter, List<String> groups) {}

    @Bean
    UserDetailsService users(Logins logins) {
        InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
        logins.users().forEach((name, login) -> users.createUser(
                User.withUsername(name).password(login.password()).authorities(List.of()).build()));
        return users;
    }

    @RestController
    record Assistant(ChatClient.Builder chat, DocumentRetriever documents, Logins logins) {
        record Piece(String text) {}

        @GetMapping(path = "/ask", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<Piece> ask(@RequestParam String question, Principal user) {
            Login login = logins.users().get(user.getName());
            List<String> who = Stream.concat(Stream.of(user.getName()), login.groups().stream()).toList();
            return chat.clone().build().prompt(question)
                    .options(ChatOptions.builder().model(login.adapter()))
                    .advisors(RetrievalAugmentationAdvisor.builder().documentRetriever(documents).build())
                    .advisors(advisors -> advisors.param(DocumentOptions.PRINCIPALS, who))
                    .stream().content().map(Piece::new);
        }
    }
}
