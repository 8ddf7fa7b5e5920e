package dev.llmadapt.rag.http;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer up to a limit; a longer one is given up before it is held. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final long limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final List<ByteBuffer> parts = new ArrayList<>();
    private long length;
    private Flow.@Nullable Subscription subscription;

    BoundedBody(long limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        for (ByteBuffer item : items) {
            length += item.remaining();
        }
        if (length <= limit) {
            parts.addAll(items);
            return;
        }
        parts.clear();
        if (subscription != null) {
            subscription.cancel();
        }
        body.completeExceptionally(new BoundedExchange.TooLong(limit));
    }

    @Override
    public void onError(Throwable error) {
        parts.clear();
        body.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        byte[] all = new byte[(int) Math.min(length, limit)];
        int at = 0;
        for (ByteBuffer part : parts) {
            int count = part.remaining();
            part.get(all, at, count);
            at += count;
        }
        parts.clear();
        body.complete(all);
    }
}
