#include <vethwork/netlink/nftables.hpp>

#include <dlfcn.h>

#include <cerrno>
#include <mutex>

#include <vethwork/base/text.hpp>

namespace vethwork::netlink {

namespace {

/// libnftables by its stable C interface (<nftables/libnftables.h>); it stays open until the end.
class Nftables {
public:
    static Result<Nftables> open() {
        void* const library = ::dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL);
        if (!library)
            return lookup_error("open libnftables.so.1", "apt-get install libnftables1 (or nftables)");
        Nftables nft;
        bool const whole = nft.take(library, "nft_ctx_new", nft.create_) &&
                           nft.take(library, "nft_ctx_free", nft.free_) &&
                           nft.take(library, "nft_ctx_buffer_output", nft.buffer_output_) &&
                           nft.take(library, "nft_ctx_buffer_error", nft.buffer_error_) &&
                           nft.take(library, "nft_ctx_get_output_buffer", nft.output_) &&
                           nft.take(library, "nft_ctx_get_error_buffer", nft.error_) &&
                           nft.take(library, "nft_ctx_output_set_flags", nft.set_flags_) &&
                           nft.take(library, "nft_run_cmd_from_buffer", nft.run_) &&
                           nft.take(library, "nft_run_cmd_from_filename", nft.run_file_);
        if (!whole) return lookup_error("use libnftables.so.1: it lacks a function that is needed");
        return nft;
    }

    /// A context has a socket of its own, of the namespace that it was made in.
    [[nodiscard]] void* create() const { return create_(0); }
    void free(void* context) const { free_(context); }

    /// Runs nft text; gives what nft would print.
    Result<std::string> run(void* context, std::string const& text, NftOutput output) const {
        constexpr unsigned with_handles = 1u << 3;      // NFT_CTX_OUTPUT_HANDLE
        constexpr unsigned without_counters = 1u << 2;  // NFT_CTX_OUTPUT_STATELESS
        if (output == NftOutput::handles) set_flags_(context, with_handles);
        if (output == NftOutput::stateless) set_flags_(context, without_counters);
        return run(context, run_, text);
    }

    Result<std::string> run_file(void* context, std::string const& path) const {
        return run(context, run_file_, path);
    }

private:
    using Run = int (*)(void*, char const*);

    Result<std::string> run(void* context, Run how, std::string const& what) const {
        buffer_output_(context);
        buffer_error_(context);
        int const status = how(context, what.c_str());
        std::string const out = output_(context);
        std::string const trouble(trim(error_(context)));
        if (status != 0)
            return Error{.fault = Fault::kernel,
                         .attempt = "load the nft ruleset",
                         .code = EINVAL,
                         .kernel_text = trouble};
        return out;
    }

    template <class F>
    static bool take(void* library, char const* name, F& function) {
        function = reinterpret_cast<F>(::dlsym(library, name));
        return function != nullptr;
    }

    void* (*create_)(std::uint32_t) = nullptr;
    void (*free_)(void*) = nullptr;
    int (*buffer_output_)(void*) = nullptr;
    int (*buffer_error_)(void*) = nullptr;
    char const* (*output_)(void*) = nullptr;
    char const* (*error_)(void*) = nullptr;
    void (*set_flags_)(void*, unsigned) = nullptr;
    Run run_ = nullptr, run_file_ = nullptr;
};

Result<Nftables> const& library() {
    static Result<Nftables> const nft = Nftables::open();
    return nft;
}

std::mutex one_at_a_time;  // the library has state besides its contexts

}  // namespace

Result<std::string> run_nft(std::string const& text, NftOutput output) {
    auto const& nft = library();
    if (!nft) return nft.error();
    std::lock_guard const lock(one_at_a_time);
    void* const context = nft->create();
    auto outcome = nft->run(context, text, output);
    nft->free(context);
    return outcome;
}

Result<std::string> run_nft_file(std::string const& path) {
    auto const& nft = library();
    if (!nft) return nft.error();
    std::lock_guard const lock(one_at_a_time);
    void* const context = nft->create();
    auto outcome = nft->run_file(context, path);
    nft->free(context);
    return outcome;
}

Result<NftLease> NftLease::load(std::string const& text) {
    auto const& nft = library();
    if (!nft) return nft.error();
    std::lock_guard const lock(one_at_a_time);
    NftLease lease(nft->create());
    auto const outcome = nft->run(lease.context_, text, NftOutput::plain);
    if (outcome) return lease;
    nft->free(std::exchange(lease.context_, nullptr));
    return outcome.error();
}

NftLease::~NftLease() {
    if (!context_) return;
    std::lock_guard const lock(one_at_a_time);
    library()->free(context_);
}

}  // namespace vethwork::netlink
