// What the verbs about labs share: options, which lab is meant, its file read and checked, and how they
// complain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/lab/lab.hpp>
#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/state.hpp>

#include "cli.hpp"

namespace vethwork::app {

/// The exit statuses of verbs about labs.
namespace status {
inline constexpr int ok = 0, negative = 1, usage = 2, machine = 3, not_found = 4, rolled_back = 5,
                     left_over = 6;
}

struct LabOptions {
    std::string file, lab, folder;
    std::string subject;                 ///< a lab or a file, whichever there is
    std::vector<std::string> variables;  ///< NAME=VALUE
    bool json = false, quiet = false, verbose = false, rootless = false, real_host = false, progress = false;
};

/// -f -l -C --var -j -q -v --rootless, as each verb about labs takes them.
void bind_lab_options(OptionSet& app, LabOptions& options);

/// FILE: a topology file in the place of -f.
void bind_file(OptionSet& app, LabOptions& options);
/// LAB: a running lab by its name or by its topology file, in the place of -l and -f. Known after
/// take_subject().
void bind_subject(OptionSet& app, LabOptions& options);
void take_subject(LabOptions& options);

/// Where the caller's labs are, and how they stand.
[[nodiscard]] lab::Ground ground_of(LabOptions const& options);

/// A topology file, read and checked, and the network that it wants.
struct LoadedLab {
    std::string path;  ///< absolute
    std::string text;
    topology::Lab lab;
    topology::NetworkState state;
    std::vector<topology::Complaint> warnings;
};

/// The line of a file of the lab that an origin tells of; empty where there is none.
[[nodiscard]] std::string_view line_of(LoadedLab const& loaded, topology::Origin const& origin);

/// An exit status where that ends the verb; what is to be said has been said.
template <class T>
using OrStatus = std::variant<T, int>;

/// The topology file that is meant: -f, else the only one in the folder.
[[nodiscard]] OrStatus<std::string> find_file(LabOptions const& options, std::string_view verb);
/// Complaints on stderr, or as a list in JSON on stdout where that is asked for.
void show_complaints(std::vector<topology::Complaint> const& complaints, LabOptions const& options);

/// Reads and checks a file. Complaints that end the verb are its answer; warnings go to stderr.
[[nodiscard]] OrStatus<LoadedLab> load_file(std::string const& path, LabOptions const& options,
                                            std::string_view verb);
/// The same of a text that might be in that file.
[[nodiscard]] OrStatus<LoadedLab> load_text(std::string const& path, std::string const& text,
                                            LabOptions const& options, std::string_view verb);
/// The same of the text a running lab was brought up with.
[[nodiscard]] OrStatus<LoadedLab> load_record(lab::Record const& record, LabOptions const& options,
                                              std::string_view verb);
/// The same without a word; nothing where it cannot be read any more.
[[nodiscard]] std::optional<LoadedLab> load_record_silently(lab::Record const& record);
/// The name of the running lab that is meant: -l, else that of the file, else the only one that runs.
[[nodiscard]] OrStatus<std::string> find_lab(LabOptions const& options, std::string_view verb);

/// The record of the running lab that is meant, as find_lab() finds it; an error where it is not up.
[[nodiscard]] OrStatus<lab::Record> find_record(LabOptions const& options, std::string_view verb,
                                                lab::Reading what = lab::Reading::everything);

/// The file that is meant (-f, the only one of the folder), else that of the running lab that is, as it is
/// now.
[[nodiscard]] OrStatus<LoadedLab> load_anew(LabOptions const& options, std::string_view verb);

/// The lab to look at: a running one where -l names it, else a file (-f, the only one of the folder), else
/// the only lab that runs.
[[nodiscard]] OrStatus<LoadedLab> load_meant(LabOptions const& options, std::string_view verb);

/// Says it on stderr, with the hint on a line of its own; gives the exit status of its fault.
int complain_of_lab(std::string_view verb, Error const& error);

/// The nodes that selectors name: "pc*", "tag:leaf", "all"; in the order of the lab.
[[nodiscard]] OrStatus<std::vector<std::string>> select_nodes(topology::Lab const& lab,
                                                              std::string const& selector,
                                                              std::string_view verb);

/// What a lab's services are to the keeper; its way out comes first.
[[nodiscard]] std::vector<lab::Service> services_of(LoadedLab const& loaded, lab::Footing footing);
/// Says on stderr what a lab takes of this machine itself.
void tell_of_machine(lab::Wanted const& wanted, std::string_view verb);
/// Says on stderr what a lab goes without, since the kernel lacks it.
void tell_left_out(lab::LeftOut const& left_out, std::string_view verb);
/// The network, hosts files and services that `up` is given. In the namespace where the lab is brought up.
[[nodiscard]] lab::Wanted wanted_of(LoadedLab const& loaded, LabOptions const& options);

}  // namespace vethwork::app
