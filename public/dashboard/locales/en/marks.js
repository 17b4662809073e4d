// Tags, priorities, followers and ratings.
export const marks = {
  priority_low: "Low",
  priority_normal: "Normal",
  priority_high: "High",
  priority_urgent: "Urgent",
  happened_tagged: "{who} added the tag {tag}",
  happened_untagged: "{who} took off the tag {tag}",
  happened_priority: "{who} set the priority to {to}",
  happened_follows: "{who} follows the conversation",
  happened_unfollows: "{who} no longer follows the conversation",
  happened_adds_follower: "{who} added {agent} as a follower",
  happened_removes_follower: "{who} removed {agent} from the followers",
  happened_rating: "{who} rated the conversation {score} of 5",
};
