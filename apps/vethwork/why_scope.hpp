// Which namespaces `why` and its siblings look at, and what their words FROM and TO mean there.
#pragma once

#include <string>

#include <vethwork/diagnose/flow.hpp>
#include <vethwork/diagnose/site.hpp>
#include <vethwork/lab/space.hpp>

#include "cli.hpp"

namespace vethwork::app {

struct WhyScope {
    std::string prefix;     ///< names begin so
    std::string names;      ///< of namespaces, with commas between
    std::string file;       ///< of a lab that is up; sets `lab`
    std::string lab;        ///< a lab that is up; sets `prefix` where its namespaces have one
    bool rootless = false;  ///< that lab stands in a user namespace, also as root
    /// Threads cannot be made any more where children belong to the space of a lab.
    lab::Children children = lab::Children::belong;
    std::optional<lab::Record> record;  ///< of that lab, once it is opened
};

/// Who is to reach whom, and how.
struct WhyQuestion {
    std::string from, to, protocol = "icmp";
    std::uint16_t tcp = 0, udp = 0;
};

void bind_scope_options(OptionSet& app, WhyScope& scope, std::string const& file_option = "-f,--file");
/// Opens the namespaces: those of the lab, those named, those of the prefix; where nothing is asked for those
/// of the only lab that is up, or that is up and whose file is in this folder, unless `node` is the name of a
/// namespace; or else all that have a name.
[[nodiscard]] Result<> open_scope(diagnose::Sites& sites, WhyScope& scope, std::string const& node = {});
/// By its whole name, or without the prefix.
[[nodiscard]] Result<diagnose::Site*> find_site(diagnose::Sites& sites, std::string const& name,
                                                WhyScope const& scope);
/// An address, or the first global one of a namespace.
[[nodiscard]] Result<IpAddress> find_destination(diagnose::Sites& sites, std::string const& word,
                                                 WhyScope const& scope);

void bind_question(OptionSet& app, WhyQuestion& question);
[[nodiscard]] Result<diagnose::ProtocolAndPort> protocol_of(WhyQuestion const& question);
[[nodiscard]] Result<diagnose::Flow> flow_of(WhyQuestion const& question, diagnose::Sites& sites,
                                             WhyScope const& scope);
/// The words that ask `why` the same.
[[nodiscard]] std::string why_command(WhyQuestion const& question, WhyScope const& scope);

}  // namespace vethwork::app
