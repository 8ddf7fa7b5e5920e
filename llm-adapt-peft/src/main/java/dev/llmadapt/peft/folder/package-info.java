/**
 * PEFT's folders: {@code adapter_config.json} and {@code adapter_model.safetensors}.
 *
 * <p>Start with {@link dev.llmadapt.peft.folder.PeftFolder}: {@code ConfigReader} turns the settings into an
 * {@link dev.llmadapt.peft.folder.AdapterConfig}, over a {@code SettingsFile} that refuses what it does not know; the
 * tensors are mapped; both together are a {@link dev.llmadapt.peft.folder.StoredAdapter}. {@code EffectReader} says
 * what it does to a base: {@link dev.llmadapt.peft.folder.ChosenModules} finds the modules that the settings name
 * ({@code ModuleMatcher}, with Python's regular expressions in {@code PythonPattern}),
 * {@link dev.llmadapt.peft.folder.LoraFactors} finds their tensors. {@code ConfigWriter}, {@code SafetensorsWriter} and
 * {@link dev.llmadapt.peft.folder.AtomicFolder} write a folder whole or not at all.
 */
@NullMarked
package dev.llmadapt.peft.folder;

import org.jspecify.annotations.NullMarked;
