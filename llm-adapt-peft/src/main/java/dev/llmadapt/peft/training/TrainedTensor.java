package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
import dev.llmadapt.local.runtime.GraphSession.Tensor;
import dev.llmadapt.local.runtime.GraphSession.Tensors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tensor that is stored after training: a parameter, or what is made of parameters.
 *
 * @param name as it is stored
 * @param shape all known
 * @param data row-major
 */
public record TrainedTensor(String name, Shape shape, FloatBuffer data) {
    /** The tensors that are stored of a trainable whose parameters are given. */
    public static List<TrainedTensor> of(Trainable trainable, FloatBuffer parameters) {
        int size = trainable.parameters().size();
        Graph graph = new Graph();
        Value vector = graph.input(TrainingGraph.PARAMETERS, ElementType.FLOAT, Shape.of(size));
        Map<String, Value> values = trainable.parameters().in(graph, vector);
        Map<String, Value> made = trainable.made(graph, values);
        if (made.equals(values)) {
            return trainable.parameters().all().stream()
                    .map(each -> new TrainedTensor(each.name(), each.shape(), each.of(parameters)))
                    .toList();
        }
        made.forEach(graph::output);
        List<TrainedTensor> trained = new ArrayList<>();
        try (GraphSession session = GraphSession.open(OnnxModel.of(graph), Execution.of(1));
                Tensors own = new Tensors()) {
            ByteBuffer input = own.zeros(ElementType.FLOAT, size);
            input.asFloatBuffer().put(parameters.duplicate());
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            List<ByteBuffer> found = new ArrayList<>();
            made.forEach((name, value) -> {
                ByteBuffer data = own.zeros(ElementType.FLOAT, value.shape().elements());
                outputs.put(name, own.of(data, ElementType.FLOAT, value.shape().sizes()));
                found.add(data);
            });
            session.run(Map.of(TrainingGraph.PARAMETERS, own.of(input, ElementType.FLOAT, size)), outputs);
            made.forEach((name, value) -> {
                FloatBuffer numbers = found.get(trained.size()).asFloatBuffer();
                FloatBuffer kept = FloatBuffer.allocate(numbers.remaining()).put(numbers);
                trained.add(new TrainedTensor(name, value.shape(), kept.flip()));
            });
        }
        return trained;
    }
}
