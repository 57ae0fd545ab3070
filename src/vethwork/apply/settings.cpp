#include <vethwork/apply/settings.hpp>

#include <dlfcn.h>
#include <fcntl.h>

#include <cerrno>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::apply {

namespace {

/// "net.ipv4.conf.eth0/1.forwarding" lies at net/ipv4/conf/eth0.1/forwarding.
std::string sysctl_path(std::string name) {
    bool const has_slash = name.find('/') != std::string::npos;
    for (char& c : name) {
        if (c == '.')
            c = '/';
        else if (c == '/' && has_slash)
            c = '.';
    }
    return "/proc/sys/" + name;
}

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
                           nft.take(library, "nft_run_cmd_from_buffer", nft.run_);
        if (!whole) return lookup_error("use libnftables.so.1: it lacks a function that is needed");
        return nft;
    }

    /// Runs nft text; gives what nft would print.
    Result<std::string> run(std::string const& text) const {
        void* const context = create_(0);
        buffer_output_(context);
        buffer_error_(context);
        int const status = run_(context, text.c_str());
        std::string const out = output_(context);
        std::string const trouble(trim(error_(context)));
        free_(context);
        if (status != 0)
            return Error{.fault = Fault::kernel,
                         .attempt = "load the nft ruleset",
                         .code = EINVAL,
                         .kernel_text = trouble};
        return out;
    }

private:
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
    int (*run_)(void*, char const*) = nullptr;
};

Result<std::string> run_nft(std::string const& text) {
    static Result<Nftables> const nft = Nftables::open();
    if (!nft) return nft.error();
    return nft->run(text);
}

}  // namespace

Result<> set_sysctl(std::string const& name, std::string_view value) {
    auto const path = sysctl_path(name);
    auto const file = open_file(path, O_WRONLY);
    if (!file && file.error().code == ENOENT)
        return lookup_error("set " + name + ": this kernel has no such sysctl in a network namespace");
    if (!file) return system_error(file.error().code, "set " + name);
    auto const written = write_all(file->get(), value);
    if (!written) return system_error(written.error().code, "set " + name + " = " + std::string(value));
    return {};
}

Result<std::string> get_sysctl(std::string const& name) {
    auto const text = read_file(sysctl_path(name));
    if (!text) return system_error(text.error().code, "read " + name);
    return std::string(trim(*text));
}

Result<> load_ruleset(std::string const& text) {
    (void)TRY(run_nft(text));
    return {};
}

Result<std::string> list_ruleset() { return run_nft("list ruleset"); }

}  // namespace vethwork::apply
