// Filter expressions of pcap-filter(7), compiled by libpcap where it is installed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>

#include <vethwork/base/result.hpp>
#include <vethwork/observe/packet.hpp>

namespace vethwork::observe {

/// A classic BPF program.
class Filter {
public:
    /// Fault::usage with libpcap's words where the expression is wrong; Fault::lookup with a hint where
    /// libpcap is not installed (it is loaded when the first expression comes, so that captures without one
    /// do not need it).
    [[nodiscard]] static Result<Filter> compile(std::string const& expression, LinkType link,
                                                std::uint32_t snapshot_length);

    [[nodiscard]] std::span<sock_filter const> program() const { return program_; }
    [[nodiscard]] bool matches(Frame const& frame) const;

private:
    std::vector<sock_filter> program_;
};

}  // namespace vethwork::observe
