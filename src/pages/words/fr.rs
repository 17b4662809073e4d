//! French.

use super::{
    Chat, Contact, Faults, Files, Hours, Link, MailWords, Mails, Nothing, Page, Presence, Rating, Script, Terms, Words,
};

pub const WORDS: Words = Words {
    contact: Contact {
        title: |company| format!("Contacter {company}"),
        please_check: "À vérifier\u{a0}: ",
        heading: |company| format!("Écrire à {company}"),
        missing: "Il manque quelque chose. Rien de ce que vous avez écrit n’est perdu.",
        name: "Votre nom",
        email: "Votre adresse e-mail",
        subject: "De quoi s’agit-il\u{a0}?",
        message: "Votre message",
        hint: "Vous disposerez d’une page privée pour cette conversation. Nous en envoyons le lien à votre adresse.",
        send: "Envoyer",
        wrote_before: "Vous nous avez déjà écrit\u{a0}?",
        sent_before: "Vous avez déjà envoyé autre chose depuis cette page. Relisez votre message et envoyez-le de nouveau.",
    },
    hours: Hours {
        heading: "Nous répondons",
        days: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
        time: |time| {
            let (hour, minute) = time.split_once(':').unwrap_or((time, "00"));
            let hour = hour.strip_prefix('0').unwrap_or(hour);
            if minute == "00" { format!("{hour}\u{a0}h") } else { format!("{hour}\u{a0}h\u{a0}{minute}") }
        },
        all_day: "toute la journée",
        zone: |city| format!("heure de {city}"),
    },
    page: Page {
        progress: "Avancement",
        steps: ["Message reçu", "Prise en charge", "Réponse donnée", "Fermée"],
        done: "fait",
        todo: "à venir",
        is_received: "Nous avons bien reçu votre message. Quelqu’un va s’en occuper.",
        is_with: |who| format!("{who} s’en occupe."),
        is_answered_by: |who| format!("{who} vous a répondu. À vous, s’il reste quelque chose à régler."),
        is_answered: "Vous avez une réponse.",
        is_closed: "Cette conversation est fermée. Écrivez de nouveau dès que vous en avez besoin.",
        in_charge: "En charge",
        took_part: "Ont aussi participé",
        messages: "Messages",
        you: "Vous",
        started: "Conversation commencée",
        closed: "Conversation fermée",
        reopened: "Conversation rouverte",
        now_in_charge: |who| format!("{who} s’en charge désormais"),
        looking: "Nous cherchons un conseiller",
        joined: |subject| format!("Votre conversation «\u{a0}{subject}\u{a0}» a été réunie avec celle-ci"),
        rated: |score| format!("Vous avez évalué la conversation\u{a0}: {score}"),
        translated: "Traduit pour vous.",
        original: "Message d’origine",
        unread: "Nouveau",
        read: "Lu",
        add: "Ajouter à la conversation",
        send: "Envoyer",
        close: "C’est réglé\u{a0}: fermer la conversation",
        reopen: "Rouvrir la conversation",
        private: "Cette page est privée. Le lien de notre e-mail l’ouvre sur tous vos appareils.",
        language: "Langue",
        sent_before: "Vous avez déjà envoyé autre chose depuis cette page. Relisez votre message et envoyez-le de nouveau.",
    },
    rating: Rating {
        heading: "Êtes-vous satisfait de nos réponses\u{a0}?",
        again: "Modifier votre évaluation",
        scores: ["Très mauvais", "Mauvais", "Moyen", "Bien", "Très bien"],
        comment: "Souhaitez-vous ajouter quelque chose\u{a0}? (facultatif)",
        send: "Envoyer l’évaluation",
        change: "Modifier l’évaluation",
        thanks: |score| format!("Merci. Vous avez évalué cette conversation\u{a0}: {score}."),
    },
    script: Script {
        typing: |who| format!("{who} est en train d’écrire…"),
        lost: "La connexion est perdue. Reprise en cours…",
        offline: "Vous êtes hors ligne. Ce que vous écrivez sera envoyé dès votre retour.",
        dead: "Ce lien n’est plus valable. Ouvrez le plus récent dans vos e-mails.",
        moved: "Deux de vos conversations ont été réunies. Nous vous avons envoyé par e-mail un nouveau lien qui ouvre les deux.",
        sending: "Envoi…",
        waiting: "En attente de la connexion…",
        refused: "Votre message n’a pas pu être envoyé. Il est de nouveau dans le champ.",
    },
    files: Files {
        attach: "Joindre des fichiers",
        most: "10 au maximum, jusqu’à 20\u{a0}Mo chacun",
        attached: "Fichiers joints",
        units: ["octet", "ko", "Mo"],
        point: ",",
        empty: "Ce fichier est vide.",
        too_large: "Un fichier pèse 20\u{a0}Mo au maximum, et tous ensemble 50\u{a0}Mo.",
        too_many: "10 fichiers au maximum à la fois, s’il vous plaît.",
        too_much: "50\u{a0}Mo de fichiers au maximum à la fois, s’il vous plaît.",
        too_often: "Trop de fichiers sont arrivés aujourd’hui\u{a0}: nous n’en acceptons plus. Veuillez réessayer plus tard.",
        choose_again: "Veuillez choisir de nouveau vos fichiers.",
        upload_of: |name| format!("Envoi de {name}"),
        remove: |name| format!("Retirer {name}"),
        nothing_in: |name| format!("{name} est vide."),
        is_too_large: |name| format!("{name} dépasse 20\u{a0}Mo."),
        failed: "Ce fichier n’a pas pu être envoyé.",
        again: "Réessayer",
    },
    presence: Presence {
        here: "Nous sommes là\u{a0}: vous recevrez bientôt une réponse.",
        nobody: "Il n’y a personne pour le moment. Laissez un message\u{a0}: nous répondrons par e-mail.",
        closed: "Nous sommes fermés. Laissez un message\u{a0}: nous répondrons par e-mail.",
        opens: "Réouverture\u{a0}:",
    },
    chat: Chat {
        subject: "Discussion",
        greeting: "Comment pouvons-nous vous aider\u{a0}?",
        hint: "Les réponses arrivent ici et dans votre messagerie.",
        lost_title: "Cette conversation ne peut pas s’afficher ici",
        lost: "Rien de ce que vous avez envoyé n’est perdu. Votre navigateur ne permet pas à cette fenêtre de retenir la \
               conversation, ou son lien n’est plus valable. Le lien le plus récent de nos e-mails l’ouvre.",
        again: "Commencer une nouvelle conversation",
    },
    link: Link {
        dead_title: "Ce lien n’ouvre plus rien",
        dead: "Il a peut-être été copié en partie seulement, ou remplacé par un lien plus récent. Si vous avez un e-mail plus \
               récent de notre part, ouvrez le lien qu’il contient.",
        joined: "Deux de vos conversations ont été réunies. Nous vous avons envoyé par e-mail un nouveau lien qui ouvre les deux.",
        joined_ask: "Si l’e-mail n’est pas arrivé, nous vous renvoyons le lien.",
        unsent: "Vous avez saisi ce texte. Il n’a pas été envoyé\u{a0}: copiez-le avant de continuer.",
        ask: "Demander un nouveau lien",
        write_anew: "Écrire plutôt un nouveau message",
        lead: |company| {
            format!("Nous vous envoyons par e-mail les liens de vos dernières conversations avec {company}.")
        },
        email: "L’adresse e-mail depuis laquelle vous avez écrit",
        send: "M’envoyer les liens",
        done_title: "Consultez votre messagerie",
        done: "Si vous nous avez écrit depuis cette adresse, les liens de vos conversations sont en route. Cela peut prendre une \
               minute.",
        back: "Retour à la page de contact",
    },
    nothing: Nothing {
        absent: "Il n’y a rien ici",
        absent_text: "L’adresse est peut-être mal saisie, ou le lien n’est plus valable. Si vous avez suivi un lien de l’un de \
                      nos e-mails, ouvrez le plus récent.",
        forbidden: "Ce n’est pas autorisé",
        forbidden_text: "La demande ne vient pas de l’une de nos pages. Revenez en arrière, rechargez la page et réessayez.",
        too_large: "C’est trop volumineux",
        too_large_text: "Veuillez en envoyer moins à la fois.",
        too_often: "C’était trop souvent",
        too_often_text: "Veuillez patienter un instant, puis réessayer.",
        ours: "Une erreur s’est produite de notre côté",
        ours_text: "Nous en sommes informés. Veuillez réessayer dans un instant.",
        failed: "Cela n’a pas fonctionné",
        failed_text: "Revenez en arrière, rechargez la page et réessayez.",
    },
    faults: Faults {
        required: "Veuillez remplir ce champ.",
        required_message: "Veuillez écrire quelque chose.",
        too_long: |most| format!("{most} caractères au maximum, s’il vous plaît."),
        control_character: "Ni sauts de ligne ni caractères de contrôle ne sont possibles ici.",
        email: "Ce n’est pas une adresse e-mail.",
        score: "Veuillez choisir l’une des cinq réponses.",
        other: "La forme n’est pas la bonne.",
    },
    terms: Terms {
        title: "Conditions générales",
        heading: "Conditions générales de vente",
        intro: "Voici les conditions de cette installation d’Edgedesk. Qui l’exploite est votre cocontractant et peut remplacer \
                cette page par la sienne.",
        sections: [
            (
                "Ce que vous obtenez",
                "Un espace de conversations pour votre entreprise, à sa propre adresse, dans la limite de ce que \
                 l’installation peut accueillir.",
            ),
            (
                "Ce à quoi vous vous engagez",
                "Vous répondez de ce qu’écrivent vos collaborateurs, vous n’envoyez pas de courrier non sollicité et vous \
                 informez vos clients de l’usage que vous faites de leurs données.",
            ),
            (
                "Vos données",
                "Les conversations appartiennent à votre entreprise. Elles sont conservées pour être montrées à vos \
                 collaborateurs et au client concerné, et pour rien d’autre.",
            ),
            (
                "Mettre fin au service",
                "Vous pouvez arrêter à tout moment. Demandez à qui exploite l’installation d’exporter ou d’effacer ce \
                 qu’elle contient.",
            ),
        ],
    },
    mails: Mails {
        opened: MailWords {
            subject: |company| format!("Votre conversation avec {company}"),
            says: |company| format!("{company} a bien reçu votre message."),
            then: "Suivez la conversation et complétez-la sur votre page privée\u{a0}:",
            label: "Ouvrir la conversation",
            footnote: "Qui possède ce lien peut lire la conversation\u{a0}: veuillez ne pas le transmettre. Si vous ne nous avez pas \
                       écrit, ne tenez pas compte de cet e-mail.",
        },
        started: MailWords {
            subject: |company| format!("{company} vous a écrit"),
            says: |company| format!("{company} vous a écrit."),
            then: "Lisez le message et répondez sur votre page privée\u{a0}:",
            label: "Lire le message",
            footnote: "Qui possède ce lien peut lire la conversation\u{a0}: veuillez ne pas le transmettre.",
        },
        answered: MailWords {
            subject: |company| format!("{company} vous a répondu"),
            says: |company| format!("{company} vous a répondu."),
            then: "Lisez la réponse sur votre page privée\u{a0}:",
            label: "Lire la réponse",
            footnote: "Qui possède ce lien peut lire la conversation\u{a0}: veuillez ne pas le transmettre.",
        },
        reminded: MailWords {
            subject: |company| format!("Votre question à {company} est-elle réglée\u{a0}?"),
            says: |company| format!("{company} vous a répondu il y a quelque temps. Tout est-il réglé\u{a0}?"),
            then: "Si oui, il n’y a rien à faire\u{a0}: la conversation se ferme d’elle-même. Sinon, écrivez de nouveau sur votre page \
                   privée\u{a0}:",
            label: "Ouvrir la conversation",
            footnote: "Qui possède ce lien peut lire la conversation\u{a0}: veuillez ne pas le transmettre.",
        },
        replaced: MailWords {
            subject: |company| format!("Un nouveau lien vers votre conversation avec {company}"),
            says: |company| {
                format!("{company} a remplacé le lien de votre conversation. Les anciens liens ne l’ouvrent plus.")
            },
            then: "Voici le nouveau\u{a0}:",
            label: "Ouvrir la conversation",
            footnote: "Qui possède ce lien peut lire la conversation\u{a0}: veuillez ne pas le transmettre.",
        },
        links: MailWords {
            subject: |company| format!("Les liens de vos conversations avec {company}"),
            says: |company| format!("Vous avez demandé les liens de vos dernières conversations avec {company}."),
            then: "Les voici, la plus récente d’abord\u{a0}:",
            label: "Ouvrir la conversation",
            footnote: "Qui possède ces liens peut lire les conversations\u{a0}: veuillez ne pas les transmettre. Si vous ne les avez \
                       pas demandés, ne tenez pas compte de cet e-mail.",
        },
        one_of_several: |number, begun| format!("Conversation nº\u{a0}{number}, commencée le {begun}"),
    },
};
