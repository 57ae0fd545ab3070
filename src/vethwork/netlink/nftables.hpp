// nft text through libnftables, which is opened when it is first needed: the rules of the present network
// namespace. Source: libnftables(3).
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <vethwork/base/result.hpp>

namespace vethwork::netlink {

enum class NftOutput : std::uint8_t {
    plain,
    handles,    ///< with "# handle 7" behind what has one
    stateless,  ///< without what counters have counted
};

/// Runs nft text and gives what nft would print. The error carries its text; one of lookup where libnftables
/// is not installed.
[[nodiscard]] Result<std::string> run_nft(std::string const& text, NftOutput output);

/// The same of a file. Only so the error's text names the lines: "PATH:3:5-9: Error: …".
[[nodiscard]] Result<std::string> run_nft_file(std::string const& path);

/// Tables of the present namespace that are there as long as this is: nft text whose tables have the flag
/// `owner` vanish with the socket that loaded them, however this program ends.
class NftLease {
public:
    [[nodiscard]] static Result<NftLease> load(std::string const& text);
    NftLease(NftLease&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
    NftLease& operator=(NftLease&& other) noexcept {
        std::swap(context_, other.context_);
        return *this;
    }
    ~NftLease();

private:
    explicit NftLease(void* context) : context_(context) {}

    void* context_;
};

}  // namespace vethwork::netlink
